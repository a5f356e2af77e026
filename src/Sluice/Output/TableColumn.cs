namespace Sluice.Output;

/// <summary>A column of a table as text: numbers stand to the right, and counts can be had in fewer digits.</summary>
internal sealed record TableColumn
{
    public required string Header { get; init; }

    public required IReadOnlyList<string> Cells { get; init; }

    /// <summary>The same cells in fewer digits, such as 456.6 M, for tables that don't fit.</summary>
    public IReadOnlyList<string>? Abbreviated { get; init; }

    public bool IsNumber { get; init; }

    /// <summary>For a column of counts, how many of them aren't 0: where there is no room, the emptiest column of counts goes first.</summary>
    public int? Counts { get; init; }

    /// <summary>Nothing is in it: the table does without it and says so.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>The one value of every row, which a table that doesn't fit says once instead.</summary>
    public string? Constant { get; init; }

    /// <summary>As wide as its longest cell and its header.</summary>
    public int NaturalWidth => Math.Max(Words.Width(Header), Cells.Select(Words.Width).DefaultIfEmpty().Max());

    /// <summary>As narrow as it gets without breaking a word; numbers and short texts stay on one line.</summary>
    public int LeastWidth
    {
        get
        {
            var cells = Cells.Select(c => IsNumber ? Words.Width(c) : Math.Max(Words.Longest(c), Math.Min(Words.Width(c), ProseWidth)));
            return Math.Max(Words.Longest(Header), cells.DefaultIfEmpty().Max());
        }
    }

    /// <summary>Only texts longer than this are prose, which may take several lines.</summary>
    private const int ProseWidth = 24;
}
