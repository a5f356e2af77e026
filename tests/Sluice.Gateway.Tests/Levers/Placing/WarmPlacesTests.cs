using Sluice.Gateway.Levers.Placing;

namespace Sluice.Gateway.Tests.Levers.Placing;

public sealed class WarmPlacesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void WhatIsCachedIsWarmForItsLifetimeSinceItsLastUse()
    {
        var places = new WarmPlaces();
        places.Note(1, 10_000, livesHour: false, 300, Noon);
        Assert.Equal(10_000, places.Find(1, Noon.AddMinutes(4)).Tokens);
        Assert.Equal(0, places.Find(1, Noon.AddMinutes(5)).Tokens);

        places.Note(1, 10_000, livesHour: true, 300, Noon);
        places.Note(1, 12_000, livesHour: false, 300, Noon.AddMinutes(1));
        Assert.Equal(12_000, places.Find(1, Noon.AddMinutes(59)).Tokens);
    }

    [Fact]
    public void WhatIsInUseOutlivesAFloodOfOthersWithinTheBound()
    {
        var places = new WarmPlaces();
        for (var i = 1; i < 10 * WarmPlaces.MaximumEntries; i++)
        {
            places.Note((ulong)i, 1_000, livesHour: false, 1, Noon);
            if (i % 1_000 == 0)
                places.Note(ulong.MaxValue, 5_000, livesHour: false, 1, Noon);
        }
        Assert.InRange(places.Count, 1, 2 * WarmPlaces.MaximumEntries);
        Assert.Equal(5_000, places.Find(ulong.MaxValue, Noon).Tokens);
        Assert.Equal(0, places.Find(1, Noon).Tokens);
    }
}
