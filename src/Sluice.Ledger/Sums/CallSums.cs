using System.Runtime.InteropServices;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Savings;

namespace Sluice.Ledger.Sums;

/// <summary>How calls ended: the outcome's name, and the error's name or nothing.</summary>
public readonly record struct CallEnd(string Outcome, string Error);

/// <summary>
/// What many calls add up to. What is not known of a call is counted and in no sum. Sums of parts add up to the sums of the whole exactly,
/// in any order.
/// </summary>
public sealed partial class CallSums
{
    private readonly Dictionary<UsageKind, KindTally> _kinds = [];
    private readonly Dictionary<string, LeverTally> _levers = new(StringComparer.Ordinal);
    private readonly Dictionary<CallEnd, long> _ends = [];
    private MoneySum _cost, _estimatedCost, _baseline, _baselineCost;

    public long Calls { get; private set; }

    /// <summary>Calls whose cost is not known.</summary>
    public long UnpricedCalls { get; private set; }

    /// <summary>Calls of which a count was estimated.</summary>
    public long EstimatedCalls { get; private set; }

    /// <summary>Calls whose report of usage contradicts itself.</summary>
    public long SuspectCalls { get; private set; }

    /// <summary>Calls that no lever was let at.</summary>
    public long ControlCalls { get; private set; }

    /// <summary>Calls that one lever was held back from.</summary>
    public long HeldBackCalls { get; private set; }

    /// <summary>Calls whose baseline or cost is not known; they are in neither <see cref="Baseline"/> nor <see cref="Saved"/>.</summary>
    public long UnknownBaselineCalls { get; private set; }

    /// <summary>The cost of all priced calls, estimated ones included.</summary>
    public Money Cost => _cost.Amount;

    /// <summary>The part of <see cref="Cost"/> that belongs to calls with an estimated count.</summary>
    public Money EstimatedCost => _estimatedCost.Amount;

    /// <summary>What the calls would have cost as their callers sent them, over those whose baseline and cost are known.</summary>
    public Money Baseline => _baseline.Amount;

    /// <summary><see cref="Baseline"/> minus the cost of the same calls.</summary>
    public Money Saved => Baseline - _baselineCost.Amount;

    /// <summary>Tokens, units and their cost by kind, only kinds that a call used, be it that all of them add up to nothing.</summary>
    public IReadOnlyDictionary<UsageKind, KindSums> Kinds => _kinds.ToDictionary(k => k.Key, k => k.Value.Sums);

    /// <summary>What each lever saved.</summary>
    public IReadOnlyDictionary<string, LeverSaving> Levers => _levers.ToDictionary(l => l.Key, l => l.Value.Sums(l.Key), StringComparer.Ordinal);

    /// <summary>How many calls ended in which way.</summary>
    public IReadOnlyDictionary<CallEnd, long> Ends => _ends;

    /// <summary>How long whole calls took. Sums from before they were measured (a ledger of an earlier version) have fewer than <see cref="Calls"/>.</summary>
    public LatencyHistogram Duration { get; } = new();

    /// <summary>How long it took until the first byte of the reply's body.</summary>
    public LatencyHistogram Ttft { get; } = new();

    public static CallSums operator +(CallSums left, CallSums right)
    {
        var sum = new CallSums();
        sum.Add(left);
        sum.Add(right);
        return sum;
    }

    /// <summary>How much of a kind: tokens, or units of any other.</summary>
    public decimal Quantity(UsageKind kind) => _kinds.GetValueOrDefault(kind).Sums.Quantity;

    internal static CallSums Of(InvocationRecord record)
    {
        var sums = new CallSums();
        sums.Add(record);
        return sums;
    }

    /// <summary>Calls of which no more is known than their cost: sums of an earlier version.</summary>
    internal static CallSums OfCalls(long calls, in MoneySum cost, CallDoubt doubt)
    {
        var sums = new CallSums { UnknownBaselineCalls = calls };
        sums.AddCalls(calls, cost, doubt, default);
        return sums;
    }

    /// <summary>What such calls used of one kind.</summary>
    internal static CallSums OfKind(UsageKind kind, long quantityMilli, in MoneySum cost, CallDoubt doubt)
    {
        var sums = new CallSums();
        sums.Kind(kind).Add(quantityMilli, cost, doubt);
        return sums;
    }

    internal void Add(InvocationRecord record)
    {
        var doubt = CallFacts.DoubtOf(record);
        var cost = CallFacts.CostOf(record);
        AddCalls(1, MoneySum.Of(cost ?? Money.Zero), doubt, new CallEnd(record.Outcome.Name(), CallFacts.ErrorOf(record)));
        ControlCalls += record.Control ? 1 : 0;
        HeldBackCalls += record.HeldBack is null ? 0 : 1;
        if (record.Usage is { } usage)
            AddKinds(record, usage, doubt);
        AddSavings(record, cost);
        if (record.DurationMs is { } duration)
            Duration.Add(duration);
        if (record.TtftMs is { } ttft)
            Ttft.Add(ttft);
    }

    internal void Add(CallSums other)
    {
        Calls += other.Calls;
        UnpricedCalls += other.UnpricedCalls;
        EstimatedCalls += other.EstimatedCalls;
        SuspectCalls += other.SuspectCalls;
        ControlCalls += other.ControlCalls;
        HeldBackCalls += other.HeldBackCalls;
        UnknownBaselineCalls += other.UnknownBaselineCalls;
        _cost.Add(other._cost);
        _estimatedCost.Add(other._estimatedCost);
        _baseline.Add(other._baseline);
        _baselineCost.Add(other._baselineCost);
        foreach (var (kind, tally) in other._kinds)
            Kind(kind).Add(tally);
        foreach (var (lever, tally) in other._levers)
            Lever(lever).Add(tally);
        foreach (var (end, calls) in other._ends)
            CollectionsMarshal.GetValueRefOrAddDefault(_ends, end, out _) += calls;
        Duration.Add(other.Duration);
        Ttft.Add(other.Ttft);
    }

    private void AddCalls(long calls, in MoneySum cost, CallDoubt doubt, CallEnd end)
    {
        Calls += calls;
        _cost.Add(cost);
        if (doubt.HasFlag(CallDoubt.Unpriced))
            UnpricedCalls += calls;
        if (doubt.HasFlag(CallDoubt.Suspect))
            SuspectCalls += calls;
        if (doubt.HasFlag(CallDoubt.Estimated))
        {
            EstimatedCalls += calls;
            _estimatedCost.Add(cost);
        }
        CollectionsMarshal.GetValueRefOrAddDefault(_ends, end, out _) += calls;
    }

    private void AddKinds(InvocationRecord record, Usage usage, CallDoubt doubt)
    {
        foreach (var kind in UsageKinds.All)
        {
            // Money of single kinds is summed only if the whole is known, so that the parts always add up to it.
            var cost = !doubt.HasFlag(CallDoubt.Unpriced) && record.CostByKind.TryGetValue(kind, out var amount) ? amount : Money.Zero;
            if (usage.Count(kind) != 0 || cost != Money.Zero)
                Kind(kind).Add(CallFacts.QuantityMilli(usage, kind), MoneySum.Of(cost), doubt);
        }
    }

    private void AddSavings(InvocationRecord record, Money? cost)
    {
        var isKnown = cost is not null && record.Baseline is { } given && CallFacts.IsPossible(given);
        if (isKnown)
        {
            _baseline.Add(MoneySum.Of(record.Baseline!.Value));
            _baselineCost.Add(MoneySum.Of(cost!.Value));
        }
        else
        {
            UnknownBaselineCalls++;
        }
        foreach (var decision in record.Decisions.Where(d => d.Lever != Decision.Limit))
            Lever(decision.Lever).Add(decision, isKnown);
    }

    private ref KindTally Kind(UsageKind kind) => ref CollectionsMarshal.GetValueRefOrAddDefault(_kinds, kind, out _);

    private ref LeverTally Lever(string name) => ref CollectionsMarshal.GetValueRefOrAddDefault(_levers, name, out _);
}
