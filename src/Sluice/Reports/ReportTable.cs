namespace Sluice.Reports;

/// <summary>An answer: rows, and all that must be said for them to mean something.</summary>
/// <param name="Columns">Those of rows and totals, in order.</param>
internal sealed record ReportTable(IReadOnlyList<ReportColumn> Columns)
{
    /// <summary>A value for each stored column; null means that it is not known, or that the row has none.</summary>
    public IReadOnlyList<object?[]> Rows { get; init; } = [];

    public IReadOnlyList<ReportTotal> Totals { get; init; } = [];

    /// <summary>Parameters whose defaults depend on the question, with the values that counted.</summary>
    public IReadOnlyList<(string Name, object? Value)> Resolved { get; init; } = [];

    /// <summary><c>metered</c>, <c>billed</c>, or null if the answer is not about money that was spent.</summary>
    public string? Basis { get; init; }

    /// <summary>Which cost of a bill the amounts are.</summary>
    public string? CostBasis { get; init; }

    /// <summary>Of all amounts; null if each row names its own, or there are none.</summary>
    public string? Currency { get; init; }

    /// <summary>Inclusive; null for the beginning of what there is.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive; null for the end of what there is.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Until when everything is known; null if that is not known.</summary>
    public DateTimeOffset? CompleteUntil { get; init; }

    /// <summary>What must be said of the answer, in sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Sentences that a table says before its rows; programs have them as members.</summary>
    public IReadOnlyList<string> Lead { get; init; } = [];

    /// <summary>Sentences that a table says after its rows; programs have them as columns.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Other members of the JSON object, such as counts over all rows.</summary>
    public IReadOnlyList<(string Name, object? Value)> Facts { get; init; } = [];

    /// <summary>Further tables, each a member of the JSON object.</summary>
    public IReadOnlyList<ReportSection> Sections { get; init; } = [];

    /// <summary>Asks for the rows after these; null at the end.</summary>
    public string? NextCursor { get; init; }

    /// <summary>The answer to the report's question is no, such as "is every budget within its limit?": exit code 1.</summary>
    public bool IsNo { get; init; }

    /// <summary>The value of a stored column in a row.</summary>
    public object? Value(object?[] row, string column) => new ReportRow(Columns, row)[column];
}

/// <summary>A row that sums others.</summary>
/// <param name="Values">As those of a row; null for what rows are grouped by.</param>
internal sealed record ReportTotal(object?[] Values)
{
    /// <summary>What a table calls it.</summary>
    public string Title { get; init; } = "total";

    /// <summary>Which rows it sums; null for all.</summary>
    public Predicate<object?[]>? Sums { get; init; }

    /// <summary>What CSV has in the first column of it; null, and CSV goes without: its rows are summed by whoever reads them.</summary>
    public string? InCsv { get; init; }

    /// <summary>Whether a table shows it.</summary>
    public bool IsForPeople { get; init; } = true;
}

/// <summary>A further table of an answer.</summary>
/// <param name="Name">Its member in JSON.</param>
/// <param name="Title">The sentence before it in a table; null, and only programs get it.</param>
internal sealed record ReportSection(string Name, string? Title, ReportTable Table);
