using Sluice.Core.Pricing;

namespace Sluice.Gateway.Levers.Placing;

/// <summary>Where else a call may run, and how fast it has to be. By default nothing may move: residency and urgency are the owner's to know.</summary>
public sealed record PlaceOptions
{
    /// <summary>Calls may be processed in any commercial region, so that a <c>global.</c> profile may serve them.</summary>
    public bool AnyRegion { get; init; }

    /// <summary>The tier of calls that ask for none: flex where nobody waits. Null leaves them as they are.</summary>
    public ServiceTier? Tier { get; init; }

    /// <summary>Nobody waits, so calls do not pay for optimised latency.</summary>
    public bool StandardLatency { get; init; }
}
