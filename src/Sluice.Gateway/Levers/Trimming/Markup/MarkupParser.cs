using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Sluice.Gateway.Levers.Trimming.Markup;

/// <summary>Reads markup as a browser would, within bounds on its length, its elements and their depth.</summary>
internal static class MarkupParser
{
    private static readonly FrozenSet<string> Formatting =
        FrozenSet.ToFrozenSet(["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The document, or null where a bound stopped the reading.</summary>
    public static IHtmlDocument? Parse(string markup, TrimOptions options)
    {
        if (markup.Length > options.MaxMarkupChars)
            return null;
        var (elements, open) = (0, 0);
        IElement? previous = null;
        var parser = new HtmlParser(new HtmlParserOptions
        {
            OnCreated = (element, _) =>
            {
                // By the time that the next one is made, the one before has its place. The parser itself slows down with depth.
                if (previous is not null && IsDeep(previous, options.MaxDepth))
                    throw new TooLargeException();
                previous = element;
            },
            OnToken = (token, _) =>
            {
                // Formatting that is never closed is opened again in each later block, so that n tags can make n squared elements.
                if (token.Type == HtmlTokenType.StartTag)
                    Count(1 + open);
                if (Formatting.Contains(token.Name ?? ""))
                    open = Math.Max(0, open + (token.Type == HtmlTokenType.StartTag ? 1 : -1));
            },
            DisableElementPositionTracking = true,
            SkipComments = true,
        });
        try
        {
            var document = parser.ParseDocument(markup);
            return IsWithin(document, options.MaxDepth) ? document : null;
        }
        catch (TooLargeException)
        {
            return null;
        }

        void Count(int more)
        {
            elements += more;
            if (elements > options.MaxElements)
                throw new TooLargeException();
        }
    }

    private static bool IsDeep(INode node, int maxDepth)
    {
        for (var depth = 0; depth <= maxDepth; depth++)
        {
            if (node.Parent is not { } parent)
                return false;
            node = parent;
        }
        return true;
    }

    /// <summary>Whether the tree is shallow enough to be walked by recursion.</summary>
    private static bool IsWithin(INode root, int maxDepth)
    {
        var nodes = new Stack<(INode Node, int Depth)>([(root, 0)]);
        while (nodes.TryPop(out var at))
        {
            if (at.Depth > maxDepth)
                return false;
            foreach (var child in at.Node.ChildNodes)
            {
                if (child is IElement)
                    nodes.Push((child, at.Depth + 1));
            }
        }
        return true;
    }

    private sealed class TooLargeException : Exception;
}
