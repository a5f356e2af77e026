using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Ledger.Sqlite;

/// <summary>What the sums of an hour are kept by. Tags are one set with an id, so that sums by any tag come from here.</summary>
internal readonly record struct RollupKey(
    long Hour, string KeyId, long TagSet, string Operation, string Model, string Region, string Scope, string Tier, string Outcome, CallDoubt Doubt, string Kind)
{
    /// <summary>The kind of the row that counts calls and their whole cost.</summary>
    public const string AllKinds = "";
}

/// <summary>The sums themselves. Quantities are in thousandths of a unit: whole numbers, so sums are exact.</summary>
internal struct RollupSums
{
    public long Calls;
    public long UnpricedCalls;
    public long QuantityMilli;
    public Money Cost;

    public void Add(in RollupSums other)
    {
        Calls += other.Calls;
        UnpricedCalls += other.UnpricedCalls;
        QuantityMilli += other.QuantityMilli;
        Cost += other.Cost;
    }
}

/// <summary>What one invocation adds to the sums of its hour.</summary>
internal static class Rollup
{
    private const long MicrosecondsPerHour = 3_600_000_000;

    /// <summary>No call costs or counts as much. An upstream that reports it must not make the sums overflow: such a cost counts as not known, such a count as this many.</summary>
    private const decimal MaxUsd = 10_000_000_000, MaxUnits = 1_000_000_000_000;

    /// <summary>An amount as the database sums it, in two whole numbers: either alone could pass 64 bits or lose its last decimals.</summary>
    public static (long MilliUsd, long RestPicoUsd) Split(Money amount)
    {
        var milli = decimal.Truncate(amount.Usd * 1000);
        return ((long)milli, Money.FromUsd(amount.Usd - (milli / 1000)).PicoUsd);
    }

    /// <summary>The amount of two sums of <see cref="Split"/>.</summary>
    public static Money Join(long milliUsd, long restPicoUsd) => Money.FromUsd((milliUsd / 1000m) + (restPicoUsd / 1_000_000_000_000m));

    public static long HourOf(DateTimeOffset time) => Math.DivRem(Microseconds(time), MicrosecondsPerHour).Quotient;

    public static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset TimeOfHour(long hour) => DateTimeOffset.UnixEpoch.AddHours(hour);

    public static void AddTo(Dictionary<RollupKey, RollupSums> rollups, InvocationRecord record, long tagSet)
    {
        var key = new RollupKey(
            HourOf(record.StartedAt), record.KeyId ?? "", tagSet, record.Operation.Name(), record.ServedModel ?? record.RequestedModel ?? "",
            record.Region ?? "", record.Scope.Name(), record.Tier.Name(), record.Outcome.Name(),
            DoubtOf(record), RollupKey.AllKinds);
        var isPriced = record.Cost is { } whole && Math.Abs(whole.Usd) < MaxUsd;
        Add(rollups, key, new RollupSums { Calls = 1, UnpricedCalls = isPriced ? 0 : 1, Cost = isPriced ? record.Cost!.Value : Money.Zero });
        if (record.Usage is not { } usage)
            return;
        foreach (var kind in UsageKinds.All)
        {
            var count = usage.Count(kind);
            // Money of single kinds is summed only where the whole is known, so that the parts always add up to it.
            var cost = isPriced && record.CostByKind.TryGetValue(kind, out var amount) ? amount : Money.Zero;
            if (count != 0 || cost != Money.Zero)
                Add(rollups, key with { Kind = kind.Name() }, new RollupSums { QuantityMilli = (long)(decimal.Clamp(count, -MaxUnits, MaxUnits) * 1000), Cost = cost });
        }
    }

    private static CallDoubt DoubtOf(InvocationRecord record) =>
        (record.Usage?.Source == UsageSource.Estimated ? CallDoubt.Estimated : CallDoubt.None)
        | (record.Usage is not null && record.UsageSuspect is not null ? CallDoubt.Suspect : CallDoubt.None);

    private static void Add(Dictionary<RollupKey, RollupSums> rollups, RollupKey key, in RollupSums sums)
    {
        ref var held = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(rollups, key, out _);
        held.Add(sums);
    }
}
