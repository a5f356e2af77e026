using Sluice.Core.Invocations;

namespace Sluice.Core.Savings;

/// <summary>What one lever saved over many calls.</summary>
public sealed record LeverSaving(string Lever)
{
    /// <summary>Calls that it changed or answered.</summary>
    public long Calls { get; init; }

    /// <summary>The sum over the calls whose saving is known.</summary>
    public Money Saving { get; init; }

    /// <summary>The part of <see cref="Saving"/> that rests on counts nobody measured.</summary>
    public Money Estimated { get; init; }

    /// <summary>Calls whose saving is not known; they are in no sum.</summary>
    public long UnknownCalls { get; init; }

    /// <summary>Calls that it would have changed, were it on.</summary>
    public long ShadowCalls { get; init; }

    /// <summary>What it would have saved there; no part of any other sum.</summary>
    public Money ShadowSaving { get; init; }
}

/// <summary>
/// Adds up calls: what they would have cost, what each lever took off, what they did cost. Over the calls whose baseline is
/// known, baseline minus the levers' savings is the cost exactly.
/// </summary>
public sealed class SavingsTally
{
    private readonly Dictionary<string, LeverSaving> _levers = new(StringComparer.Ordinal);

    public long Calls { get; private set; }

    public long ControlCalls { get; private set; }

    /// <summary>Calls whose baseline or cost is not known; their savings are in no sum.</summary>
    public long UnknownCalls { get; private set; }

    public Money Baseline { get; private set; }

    public Money Cost { get; private set; }

    public Money Saved => Baseline - Cost;

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, LeverSaving> Levers => _levers;

    public void Add(InvocationRecord record)
    {
        Calls++;
        if (record.Control)
            ControlCalls++;
        var isKnown = record is { Baseline: not null, Cost: not null };
        if (isKnown)
        {
            Baseline += record.Baseline!.Value;
            Cost += record.Cost!.Value;
        }
        else
        {
            UnknownCalls++;
        }
        foreach (var decision in record.Decisions.Where(d => d.Lever != Decision.Limit))
            _levers[decision.Lever] = Add(_levers.GetValueOrDefault(decision.Lever) ?? new LeverSaving(decision.Lever), decision, isKnown);
    }

    private static LeverSaving Add(LeverSaving sum, Decision decision, bool isKnown)
    {
        if (decision.IsShadow)
            return sum with { ShadowCalls = sum.ShadowCalls + 1, ShadowSaving = sum.ShadowSaving + (decision.Saving ?? Money.Zero) };
        if (!isKnown || decision.Saving is not { } saving)
            return sum with { Calls = sum.Calls + 1, UnknownCalls = sum.UnknownCalls + 1 };
        return sum with
        {
            Calls = sum.Calls + 1,
            Saving = sum.Saving + saving,
            Estimated = decision.IsEstimated ? sum.Estimated + saving : sum.Estimated,
        };
    }
}
