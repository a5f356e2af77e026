using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Lab.Replays.Recordings;

namespace Sluice.Lab.Replays.Playing;

/// <summary>A recorded call while it is played.</summary>
internal sealed class PlayedCall(RecordedCall recorded)
{
    public RecordedCall Recorded => recorded;

    /// <summary>What it used as its caller sent it; null where nobody knows.</summary>
    public required Usage? Usage { get; init; }

    /// <summary>Where the recorded call ran, and so its price.</summary>
    public required PriceIdentity Identity { get; init; }

    /// <summary>What it cost; null where that is not known.</summary>
    public required Money? OldCost { get; init; }

    /// <summary>The part of a cost at the recorded place that is for output.</summary>
    public required Money OldOutputCost { get; init; }

    public required RecordedReply Reply { get; init; }

    /// <summary>What the recorded requests' own cache points would read and write by the model of the cache, to compare with; null without points.</summary>
    public Usage? Expected { get; set; }
}

/// <summary>The calls in flight, by their invocations.</summary>
internal sealed class PlayedCalls
{
    private readonly Dictionary<string, PlayedCall> _byInvocation = new(StringComparer.Ordinal);

    public PlayedCall Of(Invocation invocation) => _byInvocation[invocation.Id];

    public PlayedCall? Find(string invocationId) => _byInvocation.GetValueOrDefault(invocationId);

    public void Add(string invocationId, PlayedCall call) => _byInvocation.Add(invocationId, call);

    public void Remove(string invocationId) => _byInvocation.Remove(invocationId);
}
