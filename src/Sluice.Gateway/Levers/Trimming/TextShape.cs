namespace Sluice.Gateway.Levers.Trimming;

/// <summary>What a text is, where somebody says so instead of having it found out.</summary>
public enum TextShape
{
    /// <summary>Prose with data in it: tables, JSON and base64 are looked for.</summary>
    Text,

    /// <summary>A table element, or a fragment of a page that holds some.</summary>
    HtmlTable,

    /// <summary>A page, whole or cut off, or a fragment of one.</summary>
    HtmlPage,

    /// <summary>A JSON document, or several one after another.</summary>
    Json,
}
