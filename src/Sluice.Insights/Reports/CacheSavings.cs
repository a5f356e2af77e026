using Sluice.Core.Metering;
using Sluice.Insights.Spend;

namespace Sluice.Insights.Reports;

/// <summary>
/// What prompt caching of a model came to: reads against what the same tokens cost as plain input, less what writes cost above that. Prices are
/// those that the rows themselves show: of plain input of the same price identity on the same day, or over the whole range where that day has
/// none. It takes for granted that the same tokens would have been sent without caching.
/// </summary>
internal sealed record CacheSavings
{
    private const int Decimals = 12;

    /// <summary>What a price depends on and how long it is taken to hold, in the order of the groups: the price identity begins with the model.</summary>
    public static readonly string[] By = ["day", "kind", "model", "provider", "region", "scope", "tier", "batch", "latency", "band"];

    public required string Model { get; init; }

    public required string Currency { get; init; }

    /// <summary>All tokens sent: plain, read and written.</summary>
    public decimal Tokens { get; init; }

    public decimal Read { get; init; }

    /// <summary>Cached tokens for which the rows lack a cost or a price of plain input; they are in no amount.</summary>
    public decimal UnknownTokens { get; init; }

    /// <summary>Null where nothing of it is known though there were cached tokens.</summary>
    public decimal? ReadSaving { get; init; }

    public decimal? WritePremium { get; init; }

    public decimal? Net => ReadSaving is { } saving && WritePremium is { } premium ? saving - premium : null;

    public static IEnumerable<CacheSavings> Of(IReadOnlyList<BillRow> rows) => rows
        .GroupBy(r => (Model: r.Group[2], r.Currency))
        .Select(g => OfModel(g.Key.Model, g.Key.Currency, [.. g]))
        .Where(s => s.Read != 0 || s.ReadSaving is null or not 0 || s.WritePremium is null or not 0);

    private static CacheSavings OfModel(string model, string currency, List<BillRow> rows)
    {
        decimal saving = 0, premium = 0, tokens = 0, read = 0, unknown = 0, known = 0;
        foreach (var identity in rows.GroupBy(r => string.Join('|', r.Group.Skip(2)), StringComparer.Ordinal))
        {
            var (always, byDay) = InputPrices(identity);
            foreach (var row in identity)
            {
                var kind = KindOf(row);
                var quantity = row.Input + row.CacheRead + row.CacheWrite5m + row.CacheWrite1h;
                tokens += quantity;
                if (kind is not (UsageKind.CacheRead or UsageKind.CacheWrite5m or UsageKind.CacheWrite1h))
                    continue;
                read += row.CacheRead;
                var price = byDay.TryGetValue(row.Group[0], out var ofDay) ? ofDay : always;
                if (price is null || row.Cost is null || row.UnpricedLines > 0)
                {
                    unknown += quantity;
                    continue;
                }
                known += quantity;
                if (kind == UsageKind.CacheRead)
                    saving += (quantity * price.Value) - row.Cost.Value;
                else
                    premium += row.Cost.Value - (quantity * price.Value);
            }
        }
        var isKnown = known != 0 || unknown == 0;
        return new CacheSavings
        {
            Model = model,
            Currency = currency,
            Tokens = tokens,
            Read = read,
            UnknownTokens = unknown,
            ReadSaving = isKnown ? decimal.Round(saving, Decimals) : null,
            WritePremium = isKnown ? decimal.Round(premium, Decimals) : null,
        };
    }

    /// <summary>What a token of plain input cost, over all rows of a price identity and on each day; null for rows without any.</summary>
    private static (decimal? Always, Dictionary<string, decimal> ByDay) InputPrices(IEnumerable<BillRow> rows)
    {
        decimal cost = 0, tokens = 0;
        var days = new Dictionary<string, (decimal Cost, decimal Tokens)>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row is not { Input: > 0, Cost: { } paid, UnpricedLines: 0 } || KindOf(row) != UsageKind.Input)
                continue;
            (cost, tokens) = (cost + paid, tokens + row.Input);
            var day = days.GetValueOrDefault(row.Group[0]);
            days[row.Group[0]] = (day.Cost + paid, day.Tokens + row.Input);
        }
        return (tokens > 0 ? cost / tokens : null, days.ToDictionary(d => d.Key, d => d.Value.Cost / d.Value.Tokens, StringComparer.Ordinal));
    }

    private static UsageKind? KindOf(BillRow row) => UsageKinds.TryParse(row.Group[1], out var kind) ? kind : null;
}
