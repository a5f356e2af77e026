using Sluice.Core;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;

namespace Sluice.Reports.Spending;

/// <summary>Says why a question about spend has no answer, so that no rows are never taken for no cost.</summary>
internal static class NothingFound
{
    private const int ListedNames = 8;

    public static string Metered(LedgerReader ledger, SpendQuery query) => Explain("calls", query.From, query.To, query.Filters, (dimension, everywhere) =>
        [.. ledger.Spend(new SpendQuery { From = everywhere ? null : query.From, To = everywhere ? null : query.To, GroupBy = [dimension] }).Select(r => r.Group[0])]);

    /// <summary>The same of single calls, which have more dimensions than spend.</summary>
    public static string Calls(LedgerReader ledger, IReadOnlyDictionary<string, IReadOnlyList<string>> filters, DateTimeOffset? from, DateTimeOffset? to) =>
        Explain("calls", from, to, filters, (dimension, everywhere) => dimension is "day" or "month"
            ? [.. ledger.Spend(new SpendQuery { From = everywhere ? null : from, To = everywhere ? null : to, GroupBy = [dimension] }).Select(r => r.Group[0])]
            : [.. ledger.Values(new ValuesQuery { Dimension = dimension, From = everywhere ? null : from, To = everywhere ? null : to, Limit = int.MaxValue }).Select(v => v.Value)]);

    public static string Billed(CostStore store, BillQuery query) => Explain("charges", query.From, query.To, query.Filters, (dimension, everywhere) =>
        [.. BillSpend.Ask(store, query with { From = everywhere ? null : query.From, To = everywhere ? null : query.To, GroupBy = [dimension], Filters = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) })
            .Rows.Select(r => r.Group[0])]);

    /// <param name="names">The values that a dimension has in the range of time, or everywhere.</param>
    private static string Explain(
        string what, DateTimeOffset? from, DateTimeOffset? to, IReadOnlyDictionary<string, IReadOnlyList<string>> filters, Func<string, bool, string[]> names)
    {
        if (names("month", false).Length == 0)
            return OfRange(what, from, to, names("day", true));
        foreach (var (dimension, values) in filters)
        {
            var known = names(dimension, false);
            if (!Array.Exists(known, name => Wildcard.MatchesAny(values, name)))
                return OfFilter(what, dimension, values, known, names(dimension, true));
        }
        return $"No {what} match all of these at once: {string.Join(", ", filters.Select(f => $"{f.Key}={string.Join(',', f.Value)}"))}.";
    }

    private static string OfRange(string what, DateTimeOffset? from, DateTimeOffset? to, string[] days) => days.Length == 0
        ? $"There are no {what} yet."
        : $"There are no {what} from {Moment(from, "the beginning")} to {Moment(to, "now")}; those there are reach from {days.Min(StringComparer.Ordinal)} to {days.Max(StringComparer.Ordinal)}.";

    private static string OfFilter(string what, string dimension, IReadOnlyList<string> values, string[] known, string[] everywhere)
    {
        var asked = string.Join(" or ", values.Select(v => $"{dimension}={v}"));
        if (Array.Find(everywhere, name => Wildcard.MatchesAny(values, name)) is not null)
            return $"No {what} of this time have {asked}; there are some at other times.";
        string[] named = [.. known.Concat(everywhere).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var near = values.Select(v => NearestName.Of(v.TrimEnd('*'), named)).FirstOrDefault(n => n is not null);
        var rest = near is not null ? $" The nearest is '{near}'."
            : named.Length == 0 ? $" None has a {dimension}."
            : $" There are: {string.Join(", ", named.Take(ListedNames))}{(named.Length > ListedNames ? $" and {named.Length - ListedNames:#,0} more" : "")}.";
        return $"No {what} have {asked}.{rest}";
    }

    private static string Moment(DateTimeOffset? moment, string none) => moment?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture) ?? none;
}
