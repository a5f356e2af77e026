using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Ledger.Sums;

namespace Sluice.Reports.OverTime;

/// <summary>One figure of many calls.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="IsSum">The figures of parts add up to that of the whole.</param>
/// <param name="Of">Null if it is not known, or the calls have none.</param>
internal sealed record Metric(string Name, ColumnType Type, string Meaning, bool IsSum, Func<CallSums, object?> Of)
{
    private const int ShareDecimals = 6;
    private const int UsdDecimals = 12;
    private const decimal Million = 1_000_000;

    private static readonly UsageKind[] InputKinds = [UsageKind.Input, UsageKind.CacheRead, UsageKind.CacheWrite5m, UsageKind.CacheWrite1h];

    public static readonly IReadOnlyList<Metric> All =
    [
        new("cost", ColumnType.Usd, "Cost of the priced calls", true, s => s.Cost),
        new("calls", ColumnType.Count, "Calls", true, s => s.Calls),
        new("tokens", ColumnType.Tokens, "Tokens of every kind", true, s => Whole(Tokens(s))),
        new("input_tokens", ColumnType.Tokens, "Input tokens, cached ones included", true, s => Whole(Input(s))),
        new("output_tokens", ColumnType.Tokens, "Output tokens", true, s => Whole(s.Quantity(UsageKind.Output))),
        new("cached_share", ColumnType.Share, "Share of input tokens that was read from the prompt cache", false, s => Ratio(s.Quantity(UsageKind.CacheRead), Input(s))),
        new("cost_per_call", ColumnType.Number, "Cost of a priced call, in USD", false, s => Per(s.Cost, s.Calls - s.UnpricedCalls)),
        new("cost_per_million_tokens", ColumnType.Number, "Cost of a million tokens of any kind, in USD", false, s => Per(s.Cost, Tokens(s) / Million)),
        new("saved", ColumnType.Usd, "What levers saved: baseline less cost, over the calls that have both", true, s => s.Saved),
        new("error_share", ColumnType.Share, "Share of calls that ended in an upstream error or were refused", false, s => Ratio(Failed(s), s.Calls)),
        .. Quantiles("duration", "Time to the reply's end", s => s.Duration),
        .. Quantiles("ttft", "Time to the first byte of the reply's body", s => s.Ttft),
    ];

    public static Metric Find(string name) => All.First(m => m.Name == name);

    /// <summary>Tokens of every kind.</summary>
    public static decimal Tokens(CallSums sums) => Input(sums) + sums.Quantity(UsageKind.Output);

    private static IEnumerable<Metric> Quantiles(string name, string meaning, Func<CallSums, LatencyHistogram> of) => ((int[])[50, 90, 99])
        .Select(percent => new Metric($"{name}_p{percent}", ColumnType.Milliseconds, $"{meaning}, not exceeded by {percent} % of calls", false, s =>
            of(s).Quantile(percent / 100d) is { } ms ? Math.Round(ms, 1) : null));

    private static decimal Input(CallSums sums) => InputKinds.Sum(sums.Quantity);

    private static long Failed(CallSums sums) => sums.Ends.Where(e => e.Key.Outcome == Outcome.UpstreamError.Name() || e.Key.Outcome == Outcome.Refused.Name()).Sum(e => e.Value);

    private static long Whole(decimal tokens) => (long)decimal.Round(tokens);

    private static decimal? Ratio(decimal part, decimal whole) => whole == 0 ? null : decimal.Round(part / whole, ShareDecimals);

    private static decimal? Per(Money cost, decimal count) => count <= 0 ? null : decimal.Round(cost.Usd / count, UsdDecimals);
}
