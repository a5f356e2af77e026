using System.Collections.Immutable;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Stages.Limiting;

public sealed class FairQueueTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly FairQueue _queue;

    public FairQueueTests() => _queue = new FairQueue(_time);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void AKeyThatAsksAHundredTimesAsMuchLeavesTheOtherItsShare()
    {
        var quota = Quota(60_000);
        var heavy = new List<FairQueue.Ticket>();
        var light = new List<(DateTimeOffset At, FairQueue.Ticket Ticket)>();
        // The bucket is emptied first, so that all that follows is a matter of turns.
        while (_queue.Enter(quota with { MaxWait = TimeSpan.Zero }, "heavy", 1_000) is not null)
        {
        }
        for (var second = 0; second < 600; second++)
        {
            // 100 calls a second against 1 every 2 seconds, which is half of what the quota has: just its share.
            for (var i = 0; i < 100; i++)
            {
                if (_queue.Enter(quota, "heavy", 1_000) is { } ticket)
                    heavy.Add(ticket);
            }
            if (second % 2 == 0)
                light.Add((_time.GetUtcNow(), Assert.IsType<FairQueue.Ticket>(_queue.Enter(quota, "light", 1_000))));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var served = light.Count(l => l.Ticket.Turn is { IsCompletedSuccessfully: true, Result: Turn.Come });
        Assert.InRange(served, 298, 300);
        Assert.DoesNotContain(light, l => l.Ticket.Turn is { IsCompletedSuccessfully: true, Result: Turn.PushedOut });
        // And what the light key leaves, the heavy one gets: nothing of the quota is wasted.
        Assert.InRange(heavy.Count(t => t.Turn is { IsCompletedSuccessfully: true, Result: Turn.Come }), 298, 302);
    }

    [Fact]
    public void ACallOfALightKeyWaitsForOneTurnAndNotForTheOthersBacklog()
    {
        var quota = Quota(60_000);
        Fill(quota);
        for (var i = 0; i < 50; i++)
            Assert.NotNull(_queue.Enter(quota, "heavy", 1_000));
        var light = _queue.Enter(quota, "light", 1_000)!;

        // A second refills what one call needs, and one call of the other key may be ahead.
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(light.Turn.IsCompleted);
        Assert.Equal(49, _queue.Waiting);
    }

    [Fact]
    public void SharesAreByWeight()
    {
        var quota = Quota(60_000) with { Shares = ImmutableDictionary<string, int>.Empty.Add("gold", 3), MaxQueue = 10_000 };
        Fill(quota);
        var gold = Enumerable.Range(0, 1_000).Select(_ => _queue.Enter(quota, "gold", 1_000)!).ToList();
        var plain = Enumerable.Range(0, 1_000).Select(_ => _queue.Enter(quota, "plain", 1_000)!).ToList();
        _time.Advance(TimeSpan.FromSeconds(400));

        Assert.InRange(gold.Count(t => t.Turn.IsCompleted), 299, 301);
        Assert.InRange(plain.Count(t => t.Turn.IsCompleted), 99, 101);
    }

    [Fact]
    public void SmallCallsDoNotKeepALargeOneWaitingForever()
    {
        var quota = Quota(60_000) with { MaxQueue = 10_000 };
        Fill(quota);
        var large = _queue.Enter(quota, "large", 60_000)!;
        for (var second = 0; second < 62 && !large.Turn.IsCompleted; second++)
        {
            for (var i = 0; i < 10; i++)
                _queue.Enter(quota, "small", 100);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.True(large.Turn.IsCompleted);
    }

    [Fact]
    public void ACallThatNeedsMoreThanTheWholeQuotaGetsTheWhole()
    {
        var quota = Quota(1_000);
        Assert.True(_queue.Enter(quota, "a", 64_000)!.Turn.IsCompleted);
        Assert.False(_queue.Enter(quota, "a", 1)!.Turn.IsCompleted);
    }

    [Fact]
    public void WhatACallDidNotUseServesTheNextAtOnce()
    {
        var quota = Quota(1_000);
        var first = _queue.Enter(quota, "a", 1_000)!;
        var second = _queue.Enter(quota, "b", 500)!;
        Assert.False(second.Turn.IsCompleted);
        _queue.Settle(first, 400);
        Assert.True(second.Turn.IsCompleted);
    }

    [Fact]
    public void WhatACallUsedBeyondWhatWasHeldIsMadeUpFirst()
    {
        var quota = Quota(60_000);
        var first = _queue.Enter(quota, "a", 60_000)!;
        _queue.Settle(first, 70_000);
        var second = _queue.Enter(quota, "b", 1_000)!;
        _time.Advance(TimeSpan.FromSeconds(10.9));
        Assert.False(second.Turn.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(second.Turn.IsCompleted);
    }

    [Fact]
    public async Task AWaiterThatLeavesFreesItsPlaceAndTheNextIsServed()
    {
        var quota = Quota(60_000) with { MaxQueue = 2 };
        Fill(quota);
        var large = _queue.Enter(quota, "a", 50_000)!;
        var small = _queue.Enter(quota, "b", 1_000)!;
        large.GiveUp();
        Assert.Equal(Turn.GivenUp, await large.Turn);
        Assert.Equal(1, _queue.Waiting);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Turn.Come, await small.Turn);
        // Leaving after the turn has come changes nothing.
        small.GiveUp();
        Assert.Equal(Turn.Come, await small.Turn);
    }

    [Fact]
    public async Task AFullQueueTurnsAwayTheKeyThatFilledIt()
    {
        var quota = Quota(60_000) with { MaxQueue = 10 };
        Fill(quota);
        var heavy = Enumerable.Range(0, 10).Select(_ => _queue.Enter(quota, "heavy", 1_000)!).ToList();
        Assert.Null(_queue.Enter(quota, "heavy", 1_000));
        var light = _queue.Enter(quota, "light", 1_000);
        Assert.NotNull(light);
        Assert.Equal(Turn.PushedOut, await heavy[^1].Turn);
        Assert.Equal(10, _queue.Waiting);
    }

    [Fact]
    public void RequestsAreSharedByRequestsWhereThatIsWhatTheQuotaCounts()
    {
        var quota = new QuotaRule { Name = "q", Models = "*", RequestsPerMinute = 60 };
        for (var i = 0; i < 60; i++)
            Assert.True(_queue.Enter(quota, "a", 1_000_000)!.Turn.IsCompleted);
        var next = _queue.Enter(quota, "b", 5)!;
        Assert.False(next.Turn.IsCompleted);
        Assert.Equal(TimeSpan.FromSeconds(1), _queue.Throttled(quota, 5).Wait);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(next.Turn.IsCompleted);
    }

    /// <summary>Many threads at once: what is taken never passes what the bucket can have given.</summary>
    [Fact]
    public async Task NoRaceTakesMoreThanTheQuota()
    {
        var quota = Quota(1_000) with { MaxWait = TimeSpan.Zero };
        var came = await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
            Enumerable.Range(0, 500).Count(_ => _queue.Enter(quota, $"key {thread}", 3) is not null))));
        Assert.Equal(333, came.Sum());
    }

    private void Fill(QuotaRule quota) => Assert.True(_queue.Enter(quota, "filler", quota.TokensPerMinute!.Value)!.Turn.IsCompleted);

    private static QuotaRule Quota(long tokensPerMinute) => new() { Name = "q", Models = "*", TokensPerMinute = tokensPerMinute };
}
