using Sluice.Core.Pricing;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Spend;

/// <summary>The ledger's sums in the shape of a bill's, for reports that speak of either: one provider, dollars, and what the price book knows of models.</summary>
internal static class MeteredSpend
{
    private const string Provider = "AWS";

    /// <summary>What a report's dimensions are made from. What the ledger doesn't know is missing.</summary>
    private static readonly Dictionary<string, string?> Sources = new(StringComparer.Ordinal)
    {
        ["provider"] = null,
        ["family"] = "model",
        ["batch"] = null,
        ["latency"] = null,
        ["band"] = null,
    };

    /// <param name="query">By dimensions of reports; filters are the ledger's own.</param>
    /// <returns>Rows whose lines are calls.</returns>
    public static List<BillRow> Ask(LedgerReader ledger, BillQuery query)
    {
        var rows = Sum(ledger, query);
        // Rows of single kinds are parts of calls and don't say which of them have no price; those of whole calls do.
        var kind = query.GroupBy.ToList().IndexOf("kind");
        if (kind >= 0)
        {
            var whole = Sum(ledger, query with { GroupBy = [.. query.GroupBy.Where((_, i) => i != kind)] });
            foreach (var (key, row) in rows.ToList())
            {
                if (whole.GetValueOrDefault(Key(row.Group.Where((_, i) => i != kind))) is { } calls)
                    rows[key] = row with { Lines = calls.Lines, UnpricedLines = calls.UnpricedLines };
            }
        }
        // Where no call of a group is priced, its cost is not known, and not 0.
        return [.. rows.Values.Select(r => r.Lines > 0 && r.UnpricedLines == r.Lines ? r with { Cost = null } : r)];
    }

    private static Dictionary<string, BillRow> Sum(LedgerReader ledger, BillQuery query)
    {
        var asked = query.GroupBy.Select(d => Sources.TryGetValue(d, out var source) ? source : d).ToList();
        var by = asked.OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var sums = new Dictionary<string, BillRow>(StringComparer.Ordinal);
        foreach (var row in ledger.Spend(new SpendQuery { From = query.From, To = query.To, GroupBy = by, Filters = query.Filters }))
        {
            var group = query.GroupBy.Select((d, i) => Word(d, asked[i] is { } source ? row.Group[by.IndexOf(source)] : "")).ToArray();
            var sum = sums.GetValueOrDefault(Key(group)) ?? new BillRow { Group = group, Currency = "USD", Cost = 0 };
            sums[Key(group)] = sum with
            {
                Lines = sum.Lines + row.Calls,
                UnpricedLines = sum.UnpricedLines + row.UnpricedCalls,
                Input = sum.Input + row.Input,
                CacheRead = sum.CacheRead + row.CacheRead,
                CacheWrite5m = sum.CacheWrite5m + row.CacheWrite5m,
                CacheWrite1h = sum.CacheWrite1h + row.CacheWrite1h,
                Output = sum.Output + row.Output,
                Cost = sum.Cost + row.Cost.Usd,
            };
        }
        return sums;
    }

    private static string Key(IEnumerable<string> group) => string.Concat(group.Select(g => $"{g.Length}:{g}"));

    private static string Word(string dimension, string value) => dimension switch
    {
        "provider" => Provider,
        "family" => PriceBook.Default.Models.Resolve(value)?.Family ?? value,
        _ => value,
    };
}
