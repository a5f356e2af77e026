using Sluice.Core.Metering;
using Sluice.Insights.Spend;

namespace Sluice.Insights.Reports;

/// <summary>What was asked for a report, and the ways in which reports make rows of it.</summary>
internal sealed class ReportRows(IReadOnlyList<BillRow> rows, bool isMetered)
{
    private const int ShareDecimals = 4;

    /// <summary>Time runs forward; everything else goes by cost, the largest first.</summary>
    private IEnumerable<BillRow> Ordered(bool isTime) => isTime
        ? rows.OrderBy(r => r.Group[0], StringComparer.Ordinal).ThenByDescending(r => r.Cost).ThenBy(r => r.Group[1], StringComparer.Ordinal)
        : rows.OrderByDescending(r => r.Cost).ThenBy(r => string.Join(' ', r.Group), StringComparer.Ordinal);

    /// <summary>Group, currency, cost, unpriced.</summary>
    public IEnumerable<object?[]> Costs() => Ordered(isTime: true).Select(r => (object?[])[.. r.Group, r.Currency, r.Cost, r.UnpricedLines]);

    /// <summary>Model, kind, tokens, currency, cost, unpriced.</summary>
    public IEnumerable<object?[]> Tokens() => Ordered(isTime: false)
        .Where(r => UsageKinds.TryParse(r.Group[1], out var kind) && kind.IsToken())
        .Select(r => (object?[])[.. r.Group, Whole(All(r)), r.Currency, r.Cost, r.UnpricedLines]);

    /// <summary>Hour, provider and the tokens of each kind, whatever their currency.</summary>
    public IEnumerable<object?[]> Hours() => rows
        .Where(r => All(r) != 0)
        .GroupBy(r => (Hour: r.Group[0], Provider: r.Group[1]))
        .OrderBy(g => g.Key.Hour, StringComparer.Ordinal).ThenBy(g => g.Key.Provider, StringComparer.Ordinal)
        .Select(g => (object?[])
        [
            g.Key.Hour, g.Key.Provider, Whole(g.Sum(r => r.Input)), Whole(g.Sum(r => r.CacheRead)), Whole(g.Sum(r => r.CacheWrite5m + r.CacheWrite1h)), Whole(g.Sum(r => r.Output)),
        ]);

    /// <summary>Group, currency, cost, its share of all in its currency, unpriced.</summary>
    public IEnumerable<object?[]> Shares()
    {
        var totals = rows.GroupBy(r => r.Currency, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(r => r.Cost ?? 0), StringComparer.Ordinal);
        return Ordered(isTime: false).Select(r => (object?[])[.. r.Group, r.Currency, r.Cost, Share(r.Cost, totals[r.Currency]), r.UnpricedLines]);
    }

    /// <summary>Task, calls, currency, cost, cost per priced call, unpriced. A bill doesn't count calls.</summary>
    public IEnumerable<object?[]> Calls() => Ordered(isTime: false).Select(r => (object?[])
    [
        .. r.Group, isMetered ? r.Lines : null, r.Currency, r.Cost,
        isMetered && r.Lines > r.UnpricedLines ? decimal.Round(r.Cost!.Value / (r.Lines - r.UnpricedLines), 12) : null, r.UnpricedLines,
    ]);

    public IEnumerable<object?[]> Caching() => CacheSavings.Of(rows)
        .OrderByDescending(s => s.Net).ThenBy(s => s.Model, StringComparer.Ordinal)
        .Select(s => (object?[])[s.Model, Share(s.Read, s.Tokens), s.Currency, s.ReadSaving, s.WritePremium, s.Net, Whole(s.UnknownTokens)]);

    private static decimal? Share(decimal? part, decimal whole) => whole == 0 || part is null ? null : decimal.Round(part.Value / whole, ShareDecimals);

    private static decimal All(BillRow row) => row.Input + row.CacheRead + row.CacheWrite5m + row.CacheWrite1h + row.Output;

    private static long Whole(decimal tokens) => (long)decimal.Round(tokens);
}
