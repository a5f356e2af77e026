using Sluice.Core.Invocations;
using Sluice.Core.Savings;

namespace Sluice.Ledger.Sums;

/// <summary>What one lever saved, while it is being summed.</summary>
internal struct LeverTally
{
    public long Calls;
    public long UnknownCalls;
    public MoneySum Saving;
    public MoneySum Estimated;
    public long ShadowCalls;
    public MoneySum ShadowSaving;

    public readonly LeverSaving Sums(string lever) => new(lever)
    {
        Calls = Calls,
        UnknownCalls = UnknownCalls,
        Saving = Saving.Amount,
        Estimated = Estimated.Amount,
        ShadowCalls = ShadowCalls,
        ShadowSaving = ShadowSaving.Amount,
    };

    public void Add(in LeverTally other)
    {
        Calls += other.Calls;
        UnknownCalls += other.UnknownCalls;
        Saving.Add(other.Saving);
        Estimated.Add(other.Estimated);
        ShadowCalls += other.ShadowCalls;
        ShadowSaving.Add(other.ShadowSaving);
    }

    /// <param name="decision">What the lever did to a call.</param>
    /// <param name="isKnown">The call's baseline and cost are known, without which its savings add up to nothing.</param>
    public void Add(Decision decision, bool isKnown)
    {
        var saving = decision.Saving is { } amount && CallFacts.IsPossible(amount) ? MoneySum.Of(amount) : (MoneySum?)null;
        if (decision.IsShadow)
        {
            ShadowCalls++;
            ShadowSaving.Add(saving ?? default);
            return;
        }
        Calls++;
        if (!isKnown || saving is not { } known)
        {
            UnknownCalls++;
            return;
        }
        Saving.Add(known);
        if (decision.IsEstimated)
            Estimated.Add(known);
    }
}
