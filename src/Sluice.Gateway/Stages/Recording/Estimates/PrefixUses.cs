using Sluice.Bedrock.Requests;

namespace Sluice.Gateway.Stages.Recording.Estimates;

/// <summary>What a cache last had of marked prefixes. A fixed number of places, where a later prefix takes an earlier one's.</summary>
internal sealed class PrefixUses
{
    private const int Places = 4_096;

    private readonly Lock _gate = new();
    private readonly Place[] _places = new Place[Places];

    /// <summary>Tokens that came from the cache or went into it, or null where the prefix was not seen within the cache's lifetime.</summary>
    public long? Find(ulong prefix, DateTimeOffset at)
    {
        lock (_gate)
        {
            ref readonly var place = ref _places[prefix % Places];
            return place.Prefix == prefix && place.Until > at.UtcTicks ? place.CachedTokens : null;
        }
    }

    public void Set(ulong prefix, long cachedTokens, DateTimeOffset at, CacheLifetimes lifetimes)
    {
        var until = at.AddMinutes((lifetimes & CacheLifetimes.OneHour) == CacheLifetimes.OneHour ? 60 : 5).UtcTicks;
        lock (_gate)
            _places[prefix % Places] = new Place(prefix, cachedTokens, until);
    }

    private readonly record struct Place(ulong Prefix, long CachedTokens, long Until);
}
