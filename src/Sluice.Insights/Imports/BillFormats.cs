using Sluice.Insights.Imports.Cur;
using Sluice.Insights.Imports.Focus;

namespace Sluice.Insights.Imports;

/// <summary>Tells from a header what format a file has.</summary>
internal static class BillFormats
{
    private const int NamedColumns = 6;

    /// <summary>What column names of any format are changed by before they are looked up.</summary>
    public static string Normalise(string header) => header.Contains('/', StringComparison.Ordinal) ? CurFormat.Normalise(header) : header;

    /// <param name="file">What the message calls the file.</param>
    /// <param name="said">What the user says it is, or null to find out.</param>
    /// <exception cref="ImportException">The header is none of the format's.</exception>
    public static IBillFormat Detect(BillTable table, string file, BillSource? said)
    {
        if (table.Headers.Count == 0)
            throw new ImportException($"'{file}' is empty; a bill begins with a line of column names.");
        var source = said ?? Guess(table) ?? throw new ImportException(
            $"'{file}', line 1: no known bill begins with the columns {Named(table.Headers)}; it must be a CUR (line_item_usage_type) or FOCUS (BilledCost, ChargePeriodStart) as CSV. Say which with --source {string.Join('|', BillSources.Names)} if it is one.");
        var mandatory = source == BillSource.Cur ? CurFormat.Mandatory : FocusFormat.Mandatory;
        var missing = mandatory.Where(name => table.Column(name) < 0).ToList();
        if (missing.Count > 0)
            throw new ImportException($"'{file}', line 1: {string.Join(", ", missing)} {(missing.Count == 1 ? "is a column" : "are columns")} that a {source.Name()} bill can't do without; export it again with {(missing.Count == 1 ? "it" : "them")}. The file has {Named(table.Headers)}.");
        return source == BillSource.Cur ? new CurFormat(table) : new FocusFormat(table);
    }

    private static BillSource? Guess(BillTable table)
    {
        if (table.Column("line_item_usage_type") >= 0 || table.Column("line_item_unblended_cost") >= 0)
            return BillSource.Cur;
        return table.Column("ChargePeriodStart") >= 0 || table.Column("BilledCost") >= 0 ? BillSource.Focus : null;
    }

    /// <summary>The first few; a file that is not what it says may have thousands, and long ones.</summary>
    private static string Named(IReadOnlyList<string> headers) =>
        string.Join(", ", headers.Take(NamedColumns).Select(h => $"'{(h.Length > 40 ? h[..40] + "..." : h)}'"))
        + (headers.Count > NamedColumns ? $" and {headers.Count - NamedColumns} more" : "");
}
