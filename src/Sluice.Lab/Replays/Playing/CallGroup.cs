using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Savings;

namespace Sluice.Lab.Replays.Playing;

/// <summary>Old against new of some calls of a recording.</summary>
public sealed class CallGroup
{
    public long Calls => Savings.Calls;

    /// <summary>Calls of which the old or the new cost is not known; they are in no sum.</summary>
    public long UnknownCalls { get; private set; }

    /// <summary>What the calls cost when they were recorded.</summary>
    public Money Old { get; private set; }

    /// <summary>What they cost in the replay.</summary>
    public Money New { get; private set; }

    /// <summary>What the replay says that they would cost with no lever, and what each lever takes off.</summary>
    public SavingsTally Savings { get; } = new();

    public Money InputBaseline { get; private set; }

    public Money InputCost { get; private set; }

    internal void Add(PlayedCall call, InvocationRecord record)
    {
        Savings.Add(record);
        if (call.OldCost is not { } old || record.Cost is not { } cost || record.Baseline is not { } baseline)
        {
            UnknownCalls++;
            return;
        }
        Old += old;
        New += cost;
        InputBaseline += baseline - call.OldOutputCost;
        InputCost += cost - record.CostByKind.GetValueOrDefault(Core.Metering.UsageKind.Output);
    }
}
