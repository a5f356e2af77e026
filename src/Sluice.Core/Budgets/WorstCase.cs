using System.Collections.Immutable;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Core.Budgets;

/// <summary>The most that a call can use: an upper bound of each count.</summary>
public sealed record WorstUsage
{
    /// <summary>Input tokens of all sorts together.</summary>
    public long InputTokens { get; init; }

    /// <summary>Input may be written to the cache for the shortest lifetime.</summary>
    public bool MayWriteCache { get; init; }

    /// <summary>Input may be written to the cache for an hour.</summary>
    public bool MayWriteHour { get; init; }

    public long OutputTokens { get; init; }

    public ImmutableArray<UnitCount> Units { get; init; } = [];
}

/// <summary>An upper bound of what a call costs: every input token as the dearest kind that it can be, in the dearest context band it can reach.</summary>
public static class WorstCase
{
    /// <summary>Null where a count that can be billed has no price; <paramref name="unpriced"/> says which.</summary>
    public static Money? Of(PriceSheet sheet, WorstUsage usage, out UsageKind unpriced)
    {
        unpriced = default;
        var total = Money.Zero;
        if (usage.InputTokens > 0)
        {
            if (Dearest(sheet, UsageKind.Input, usage.InputTokens, usage.InputTokens) is not { } input)
            {
                unpriced = UsageKind.Input;
                return null;
            }
            foreach (var (may, kind) in ((bool, UsageKind)[])[(usage.MayWriteCache, UsageKind.CacheWrite5m), (usage.MayWriteHour, UsageKind.CacheWrite1h)])
            {
                // A model without a price for writes does not write: AWS refuses or ignores the cache point.
                if (may && Dearest(sheet, kind, usage.InputTokens, usage.InputTokens) is { } write && write > input)
                    input = write;
            }
            total += input;
        }
        if (usage.OutputTokens > 0)
        {
            if (Dearest(sheet, UsageKind.Output, usage.OutputTokens, usage.InputTokens) is not { } output)
            {
                unpriced = UsageKind.Output;
                return null;
            }
            total += output;
        }
        foreach (var (kind, count) in usage.Units)
        {
            if (count == 0)
                continue;
            if (Dearest(sheet, kind, count, usage.InputTokens) is not { } units)
            {
                unpriced = kind;
                return null;
            }
            total += units;
        }
        return total;
    }

    private static Money? Dearest(PriceSheet sheet, UsageKind kind, decimal count, long contextTokens)
    {
        Money? most = null;
        foreach (var row in sheet.Bands(kind))
        {
            if ((row.AboveTokens == 0 || contextTokens > row.AboveTokens) && row.AmountOf(count) is var amount && (most is not { } known || amount > known))
                most = amount;
        }
        return most;
    }
}
