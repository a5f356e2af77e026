using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Sluice.Gateway.Levers.Trimming.Markup;

/// <summary>Reads markup as a browser would, within bounds on its length, its elements and their depth.</summary>
internal static class MarkupParser
{
    /// <summary>The document, or null where a bound stopped the reading.</summary>
    public static IHtmlDocument? Parse(string markup, TrimOptions options)
    {
        if (markup.Length > options.MaxMarkupChars)
            return null;
        var elements = 0;
        var parser = new HtmlParser(new HtmlParserOptions
        {
            // Unclosed formatting is opened again in each later block, so that n tags can make n squared elements.
            OnCreated = (_, _) =>
            {
                if (++elements > options.MaxElements)
                    throw new TooLargeException();
            },
            MaximumDepth = options.MaxDepth,
            DisableElementPositionTracking = true,
            SkipComments = true,
        });
        try
        {
            return parser.ParseDocument(markup);
        }
        catch (TooLargeException)
        {
            return null;
        }
    }

    private sealed class TooLargeException : Exception;
}
