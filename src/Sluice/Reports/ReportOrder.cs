using System.Globalization;
using Sluice.Core;
using Sluice.Output;

namespace Sluice.Reports;

/// <summary>How the rows of an answer are ordered, and how many of them are wanted.</summary>
internal sealed class ReportOrder
{
    private const int MostRows = 1_000_000;

    public static readonly ReportParameter<string?> Sort = new("sort", "The column to sort by, with '-' in front for the largest first", (words, _) => words is [{ Length: > 0 } word] ? word : null)
    {
        Form = "COLUMN",
        Default = "the report's own order",
    };

    public static readonly ReportParameter<int?> Limit = new("limit", "At most so many rows; totals are still of all", ReadLimit) { Form = "N", Default = "all" };

    public static readonly IReadOnlyList<ReportParameter> Parameters = [Sort, Limit];

    private readonly string? _sort;
    private readonly int? _limit;

    private ReportOrder(string? sort, int? limit) => (_sort, _limit) = (sort, limit);

    public static ReportOrder Of(ReportQuestion question) => new(
        question.Get(Sort), question.Report.Parameters.Contains(Limit) ? question.Get(Limit) : null);

    public ReportTable Apply(ReportTable table)
    {
        var rows = _sort is null ? table.Rows : Sorted(table, _sort);
        if (_limit is not { } most || rows.Count <= most)
            return table with { Rows = rows };
        var note = string.Create(CultureInfo.InvariantCulture, $"{most:#,0} of {rows.Count:#,0} rows are shown; totals are of all.");
        return table with { Rows = [.. rows.Take(most)], Notes = [.. table.Notes, note] };
    }

    private static List<object?[]> Sorted(ReportTable table, string asked)
    {
        var isDescending = asked[0] == '-';
        var name = asked.TrimStart('-');
        var place = table.Columns.Where(c => c.IsStored).Index().FirstOrDefault(c => c.Item.Name == name, (-1, null!)).Index;
        if (place < 0)
            throw new ReportMistakeException(Unknown(table, name));
        // What is not known comes last, whichever way the rest goes.
        var known = table.Rows.OrderBy(r => r[place] is null);
        return [.. isDescending ? known.ThenByDescending(r => r[place], Values.Instance) : known.ThenBy(r => r[place], Values.Instance)];
    }

    private static string Unknown(ReportTable table, string name)
    {
        string[] names = [.. table.Columns.Where(c => c.IsStored && c.IsForPrograms).Select(c => c.Name)];
        var near = NearestName.Of(name, names);
        return $"sort '{PlainText.Of(name)}' is no column of this answer; {(near is null ? $"it has {string.Join(", ", names)}" : $"did you mean '{near}'")}{(near is null ? "." : "?")}";
    }

    private static int? ReadLimit(IReadOnlyList<string> words, ReportClock clock)
    {
        if (words is [])
            return null;
        return int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostRows
            ? limit
            : throw new ReportMistakeException($"limit '{PlainText.Of(words[0])}' must be a whole number from 1 to {MostRows}.");
    }

    /// <summary>Compares numbers as numbers, and all else as text.</summary>
    private sealed class Values : IComparer<object?>
    {
        public static readonly Values Instance = new();

        public int Compare(object? x, object? y) => (Number(x), Number(y)) switch
        {
            ({ } a, { } b) => a.CompareTo(b),
            _ => string.CompareOrdinal(Convert.ToString(x, CultureInfo.InvariantCulture), Convert.ToString(y, CultureInfo.InvariantCulture)),
        };

        private static decimal? Number(object? value) => value switch
        {
            Money money => money.Usd,
            Amount amount => amount.Value,
            double number when Math.Abs(number) < (double)decimal.MaxValue => (decimal)number,
            long or int or decimal => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
            _ => null,
        };
    }
}
