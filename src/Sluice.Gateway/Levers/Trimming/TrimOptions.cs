namespace Sluice.Gateway.Levers.Trimming;

/// <summary>What trimming may do, and the bounds within which it does it. The bounds are counts, never a clock: the same text must come out
/// the same on every turn of a conversation, or the provider's prompt cache would miss.</summary>
public sealed record TrimOptions
{
    public static TrimOptions Default { get; } = new();

    /// <summary>Allowed in texts that the owner marks as data.</summary>
    public TrimKinds MarkedKinds { get; init; } = TrimKinds.All;

    /// <summary>Allowed where nobody marked anything and the text itself proves to be data.</summary>
    public TrimKinds ProvableKinds { get; init; } = TrimKinds.Tables | TrimKinds.Pages | TrimKinds.Json | TrimKinds.Repeats;

    /// <summary>The owner says that whatever tools return is data.</summary>
    public bool ToolResults { get; init; }

    /// <summary>The owner says that what users say in these calls is data, as in a task that only ever hands over documents.</summary>
    public bool UserTexts { get; init; }

    /// <summary>The owner says that what stands between these tags, such as <c>report</c>, is data. Names without brackets.</summary>
    public IReadOnlyCollection<string> DataTags { get; init; } = [];

    public TableFormat Table { get; init; } = TableFormat.Csv;

    /// <summary>Links keep their text always; with this also where they lead.</summary>
    public bool KeepUrls { get; init; }

    /// <summary>Keeps marks such as [1] that lead to a note.</summary>
    public bool KeepFootnoteMarkers { get; init; }

    /// <summary>Keeps the navigation of whole pages.</summary>
    public bool KeepNavigation { get; init; }

    /// <summary>Longer markup stays as it is, in UTF-16 units. Reading takes some 50 ms for a megabyte.</summary>
    public int MaxMarkupChars { get; init; } = 512 * 1024;

    /// <summary>Markup of more elements stays as it is, counted with those that broken nesting makes a parser add.</summary>
    public int MaxElements { get; init; } = 50_000;

    /// <summary>Markup, or JSON, that is nested deeper stays as it is.</summary>
    public int MaxDepth { get; init; } = 128;

    /// <summary>A table of more cells, spans written out, stays as it is.</summary>
    public int MaxCells { get; init; } = 100_000;

    /// <summary>A repeated text that is shorter stays, in UTF-16 units: the reference to it would be most of it.</summary>
    public int MinRepeatChars { get; init; } = 400;

    /// <summary>Shorter base64 stays, in UTF-16 units: models do read a short word of it.</summary>
    public int MinBlobChars { get; init; } = 512;
}

/// <summary>The ways to trim. Each changes how something is written, none what it says.</summary>
[Flags]
public enum TrimKinds
{
    None = 0,

    /// <summary>HTML tables become CSV or Markdown.</summary>
    Tables = 1,

    /// <summary>Whole HTML pages become their content.</summary>
    Pages = 2,

    /// <summary>JSON loses the white space between its tokens.</summary>
    Json = 4,

    /// <summary>Runs of blanks and of blank lines become one.</summary>
    Whitespace = 8,

    /// <summary>A document that was given before in the same request becomes a reference to it.</summary>
    Repeats = 16,

    /// <summary>Base64 of pictures and other binary files becomes a word on what was there.</summary>
    Blobs = 32,

    All = Tables | Pages | Json | Whitespace | Repeats | Blobs,
}

/// <summary>What HTML tables become.</summary>
public enum TableFormat
{
    /// <summary>RFC 4180 with line feeds, quoted only where needed.</summary>
    Csv,

    /// <summary>Rows between pipes, the first one as the header.</summary>
    Markdown,
}
