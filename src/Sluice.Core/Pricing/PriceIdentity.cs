namespace Sluice.Core.Pricing;

/// <summary>Where AWS may run a call, which decides its price.</summary>
public enum Scope
{
    /// <summary>In the region that was called: a bare model id.</summary>
    InRegion,

    /// <summary>In the regions of one geography: an inference profile such as <c>us.</c> or <c>eu.</c>.</summary>
    Geographic,

    /// <summary>Anywhere: a <c>global.</c> inference profile.</summary>
    Global,
}

/// <summary>Bedrock's service tiers, by the values of the wire.</summary>
public enum ServiceTier
{
    Default,
    Flex,
    Priority,
    Reserved,
    Ultrafast,

    /// <summary>A tier that Sluice has no name for. No listed price holds for it, so its calls are unpriced.</summary>
    Unknown,
}

/// <summary>
/// All that a price depends on but the kind of unit, the context band and the time of the call; those three come with the
/// usage and its start. Two calls of equal identity and time pay equal prices.
/// </summary>
public readonly record struct PriceIdentity
{
    /// <summary>The base model id without any profile prefix, such as <c>anthropic.claude-sonnet-4-5-20250929-v1:0</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The AWS region that was called, such as <c>eu-west-1</c>.</summary>
    public required string Region { get; init; }

    /// <summary>The profile prefix without its dot: <c>us</c>, <c>eu</c>, <c>global</c>..., or null for a bare model id.</summary>
    public string? Profile { get; init; }

    public ServiceTier Tier { get; init; }

    public bool Batch { get; init; }

    public bool LatencyOptimized { get; init; }

    public Scope Scope => Profile switch
    {
        null => Scope.InRegion,
        "global" => Scope.Global,
        _ => Scope.Geographic,
    };
}

/// <summary>The stable names of scopes and tiers, as they stand on the wire, in exports and in the price file.</summary>
public static class PriceNames
{
    public static string Name(this Scope scope) => scope switch
    {
        Scope.InRegion => "in_region",
        Scope.Geographic => "geographic",
        _ => "global",
    };

    public static string Name(this ServiceTier tier) => tier switch
    {
        ServiceTier.Flex => "flex",
        ServiceTier.Priority => "priority",
        ServiceTier.Reserved => "reserved",
        ServiceTier.Ultrafast => "ultrafast",
        ServiceTier.Unknown => "unknown",
        _ => "default",
    };

    /// <summary>The tier of a name, also by the names that OpenAI and Anthropic give to tiers that Bedrock calls otherwise.</summary>
    /// <param name="name">A name as it stands on the wire, on a bill or in a price file.</param>
    /// <param name="tier"><see cref="ServiceTier.Unknown"/> for a name that isn't known.</param>
    /// <returns>Whether the name is known.</returns>
    public static bool TryParseTier(string? name, out ServiceTier tier)
    {
        tier = name switch
        {
            "default" or "standard" or "standard_only" or "auto" => ServiceTier.Default,
            "flex" => ServiceTier.Flex,
            "priority" or "fast" => ServiceTier.Priority,
            "reserved" => ServiceTier.Reserved,
            "ultrafast" => ServiceTier.Ultrafast,
            _ => ServiceTier.Unknown,
        };
        return tier != ServiceTier.Unknown || name == "unknown";
    }
}
