using System.Collections.Frozen;
using AngleSharp.Dom;

namespace Sluice.Gateway.Levers.Trimming.Markup;

/// <summary>What an element is to a reader of the page.</summary>
internal static class Elements
{
    private const int LongestMarker = 16;

    /// <summary>No reader sees their content: it is code, a fallback, or for machines.</summary>
    private static readonly FrozenSet<string> Unseen = FrozenSet.ToFrozenSet(
        ["script", "style", "template", "noscript", "head", "meta", "link", "iframe", "object", "embed", "canvas", "audio", "video", "svg", "map", "datalist"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Blocks = FrozenSet.ToFrozenSet(
        ["address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
         "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"],
        StringComparer.Ordinal);

    public static bool IsBlock(IElement element) => Blocks.Contains(element.LocalName);

    public static bool IsHidden(IElement element) =>
        Unseen.Contains(element.LocalName)
        || element.HasAttribute("hidden")
        || IsHiddenByStyle(element.GetAttribute("style"))
        || HasClass(element, "sortkey") // Hidden by the style sheet of every MediaWiki: what the column is sorted by.
        || (element.LocalName == "input" && Is(element.GetAttribute("type"), "hidden"));

    /// <summary>A mark that leads to a note, such as [1]; an exponent is none.</summary>
    public static bool IsFootnoteMarker(IElement element)
    {
        if (Is(element.GetAttribute("role"), "doc-noteref"))
            return true;
        if (element.LocalName != "sup")
            return false;
        if (HasClass(element, "reference"))
            return true;
        var text = element.TextContent.AsSpan().Trim();
        return text.Length is > 2 and <= LongestMarker && text[0] == '[' && text[^1] == ']' && element.QuerySelector("a[href^='#']") is not null;
    }

    /// <summary>The way to other pages, and the buttons of a wiki's editor.</summary>
    public static bool IsNavigation(IElement element) =>
        element.LocalName == "nav" || Is(element.GetAttribute("role"), "navigation") || HasClass(element, "mw-editsection") || HasClass(element, "editsection");

    public static bool HasClass(IElement element, string name) => element.ClassName is { } names && names.Contains(name, StringComparison.Ordinal) && element.ClassList.Contains(name);

    private static bool IsHiddenByStyle(string? style) =>
        style is not null && (Declares(style, "display", "none") || Declares(style, "visibility", "hidden"));

    private static bool Declares(string style, string property, string value)
    {
        if (!style.Contains(property, StringComparison.OrdinalIgnoreCase))
            return false;
        foreach (var range in style.AsSpan().Split(';'))
        {
            var declaration = style.AsSpan(range);
            var colon = declaration.IndexOf(':');
            if (colon > 0 && declaration[..colon].Trim().Equals(property, StringComparison.OrdinalIgnoreCase)
                && declaration[(colon + 1)..].Trim().StartsWith(value, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool Is(string? attribute, string value) => string.Equals(attribute, value, StringComparison.OrdinalIgnoreCase);
}
