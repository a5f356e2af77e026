using AngleSharp.Dom;

namespace Sluice.Gateway.Levers.Trimming.Markup;

/// <summary>What elements show that have no text of their own.</summary>
internal static class Fields
{
    private static readonly string[] PictureEndings = [".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp"];

    /// <summary>The word that stands for a picture; null where it is none or only a file's name.</summary>
    public static string? Alternative(IElement picture) =>
        picture.GetAttribute("alt") is { } alternative && !string.IsNullOrWhiteSpace(alternative)
        && !PictureEndings.Any(ending => alternative.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) ? alternative : null;

    /// <summary>Whether this element is shown otherwise than by its children.</summary>
    public static bool IsField(IElement element) => element.LocalName is "input" or "select" or "textarea" or "math" || IsFormula(element);

    /// <summary>What a form's field or a formula shows.</summary>
    public static string? Shown(IElement field) => field.LocalName switch
    {
        "img" => Alternative(field),
        "math" => field.GetAttribute("alttext") ?? field.TextContent,
        "textarea" => field.TextContent,
        "select" => (field.QuerySelector("option[selected]") ?? field.QuerySelector("option"))?.TextContent,
        _ => field.GetAttribute("type")?.ToUpperInvariant() switch
        {
            "CHECKBOX" or "RADIO" => field.HasAttribute("checked") ? "[x]" : "[ ]",
            "PASSWORD" or "FILE" or "IMAGE" => null,
            _ => field.GetAttribute("value"),
        },
    };

    /// <summary>A picture of a formula, whose source is its alternative.</summary>
    private static bool IsFormula(IElement picture) =>
        picture.LocalName == "img" && picture.ClassName is { } name && (name.Contains("math", StringComparison.OrdinalIgnoreCase) || name.Equals("tex", StringComparison.OrdinalIgnoreCase));

    /// <summary>Where a link leads, if to another page.</summary>
    public static string? Target(IElement element) =>
        element.LocalName == "a" && element.GetAttribute("href")?.Trim() is { Length: > 0 } target && target[0] != '#' && !target.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase) ? target : null;
}
