using Sluice.Core;
using Sluice.Core.Metering;

namespace Sluice.Ledger.Queries;

/// <summary>What spend is asked for: a range of time, what to sum by, and what to leave out.</summary>
public sealed record SpendQuery
{
    /// <summary>What can be summed by beside <c>tag:NAME</c>; the first four are tags that have names of their own.</summary>
    public static IReadOnlyList<string> Dimensions { get; } =
        ["app", "team", "task", "environment", "key", "model", "operation", "region", "scope", "tier", "outcome", "kind", "hour", "day", "month"];

    /// <summary>Inclusive; whole hours (UTC) are summed, so it is taken down to the hour. Null for the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive, taken up to the hour. Null for now.</summary>
    public DateTimeOffset? To { get; init; }

    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>Dimensions that must have one of the values; <c>*</c> at the end of a value stands for any rest.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>When a day begins, in UTC.</summary>
    public static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>Whether a dimension can be asked for.</summary>
    public static bool IsDimension(string name) => Dimensions.Contains(name, StringComparer.Ordinal) || (name.StartsWith("tag:", StringComparison.Ordinal) && name.Length > 4);
}

/// <summary>One row of spend. What was measured and what was estimated stand apart, and what has no price is counted, not summed.</summary>
public sealed record SpendRow
{
    /// <summary>The values of the dimensions, in the order asked; empty where the calls have none.</summary>
    public required IReadOnlyList<string> Group { get; init; }

    /// <summary>0 in rows of single kinds, which are parts of calls.</summary>
    public long Calls { get; init; }

    /// <summary>Calls whose cost is not known; no sum holds anything of them.</summary>
    public long UnpricedCalls { get; init; }

    /// <summary>Calls of which a count was estimated.</summary>
    public long EstimatedCalls { get; init; }

    /// <summary>Calls whose report of usage contradicts itself.</summary>
    public long SuspectCalls { get; init; }

    public long Input { get; init; }

    public long CacheRead { get; init; }

    public long CacheWrite5m { get; init; }

    public long CacheWrite1h { get; init; }

    public long Output { get; init; }

    /// <summary>Units of other kinds, only where rows are of single kinds.</summary>
    public decimal Units { get; init; }

    /// <summary>The part of the counts that belongs to calls with an estimated count, only where rows are of single kinds.</summary>
    public decimal EstimatedQuantity { get; init; }

    /// <summary>The same of calls whose report contradicts itself.</summary>
    public decimal SuspectQuantity { get; init; }

    /// <summary>The whole cost of all priced calls, estimated ones included.</summary>
    public Money Cost { get; init; }

    /// <summary>The part of <see cref="Cost"/> that belongs to calls with an estimated count.</summary>
    public Money EstimatedCost { get; init; }

    /// <summary>How much of a kind it counts, where rows are of single kinds: tokens, or units of any other.</summary>
    public decimal Quantity(UsageKind kind) => kind switch
    {
        UsageKind.Input => Input,
        UsageKind.CacheRead => CacheRead,
        UsageKind.CacheWrite5m => CacheWrite5m,
        UsageKind.CacheWrite1h => CacheWrite1h,
        UsageKind.Output => Output,
        _ => Units,
    };

    /// <summary>The sum of two rows, in the group of the first.</summary>
    public static SpendRow operator +(SpendRow left, SpendRow right) => left with
    {
        Calls = left.Calls + right.Calls,
        UnpricedCalls = left.UnpricedCalls + right.UnpricedCalls,
        EstimatedCalls = left.EstimatedCalls + right.EstimatedCalls,
        SuspectCalls = left.SuspectCalls + right.SuspectCalls,
        Input = left.Input + right.Input,
        CacheRead = left.CacheRead + right.CacheRead,
        CacheWrite5m = left.CacheWrite5m + right.CacheWrite5m,
        CacheWrite1h = left.CacheWrite1h + right.CacheWrite1h,
        Output = left.Output + right.Output,
        Units = left.Units + right.Units,
        EstimatedQuantity = left.EstimatedQuantity + right.EstimatedQuantity,
        SuspectQuantity = left.SuspectQuantity + right.SuspectQuantity,
        Cost = left.Cost + right.Cost,
        EstimatedCost = left.EstimatedCost + right.EstimatedCost,
    };
}
