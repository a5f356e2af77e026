using FsCheck;
using FsCheck.Fluent;
using Sluice.Gateway.Stages.Limiting;

namespace Sluice.Gateway.Tests.Stages.Limiting;

public sealed class LimitCounterTests
{
    private static readonly LimitRule Rule = new() { Name = "rule", RequestsPerMinute = 20, TokensPerMinute = 1_000, Concurrency = 5 };

    /// <summary>Calls that come, wait, end and use no more than was held: in no minute do requests, tokens or places pass their limits.</summary>
    [Fact]
    public void NoLimitIsPassedInAnyMinuteWhateverCallsDo()
    {
        var step = from kind in Gen.Choose(0, 3) from size in Gen.Choose(0, 999) from pause in Gen.Choose(0, 20) select (kind, size, pause);
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithReplay(20261121, 1), Prop.ForAll(step.ArrayOf(300).ToArbitrary(), Holds));
    }

    [Fact]
    public void SaysWhichLimitHasNoRoomAndWhenItFrees()
    {
        var counter = new LimitCounter();
        Assert.Null(counter.TryTake(Rule, 900, 10));
        Assert.Equal(new Throttle("rule", LimitKind.Tokens, 1_000, TimeSpan.FromSeconds(41)), counter.TryTake(Rule, 200, 30));
        for (var i = 0; i < 4; i++)
            Assert.Null(counter.TryTake(Rule, 10, 30));
        Assert.Equal(new Throttle("rule", LimitKind.Concurrency, 5, TimeSpan.Zero), counter.TryTake(Rule, 10, 30));
        counter.Leave();
        Assert.Null(counter.TryTake(Rule, 10, 30));
    }

    [Fact]
    public void WhatACallUsedBeyondWhatWasHeldCountsFromThenOn()
    {
        var counter = new LimitCounter();
        Assert.Null(counter.TryTake(Rule, 100, 10));
        counter.Settle(held: 100, used: 950, takenAt: 10, second: 30);
        Assert.Equal(LimitKind.Tokens, counter.TryTake(Rule, 100, 31)?.Kind);
        Assert.Equal(LimitKind.Tokens, counter.TryTake(Rule, 1_000, 80)?.Kind);
        Assert.Null(counter.TryTake(Rule, 1_000, 91));
    }

    [Fact]
    public void ACallThatWasNotMadeLeavesNoTrace()
    {
        var counter = new LimitCounter();
        Assert.Null(counter.TryTake(Rule, 1_000, 10));
        counter.GiveBack(1_000, takenAt: 10, second: 12);
        Assert.True(counter.IsIdle(12));
    }

    private static bool Holds((int Kind, int Size, int Pause)[] steps)
    {
        var counter = new LimitCounter();
        var open = new Queue<(long Held, long At)>();
        var requests = new List<long>();
        var tokens = new List<(long At, long Amount)>();
        long now = 0;
        foreach (var (kind, size, pause) in steps)
        {
            now += pause < 15 ? 0 : pause;
            if (kind == 0 && open.TryDequeue(out var ended))
            {
                var used = ended.Held * size / 1_000;
                counter.Settle(ended.Held, used, ended.At, now);
                counter.Leave();
                tokens[tokens.FindIndex(t => t == (ended.At, ended.Held))] = (ended.At, used);
            }
            else if (counter.TryTake(Rule, size, now) is null)
            {
                open.Enqueue((size, now));
                requests.Add(now);
                tokens.Add((now, size));
            }
            if (open.Count > 5 || requests.Count(r => r > now - 60) > 20 || tokens.Where(t => t.At > now - 60).Sum(t => t.Amount) > 1_000)
                return false;
        }
        return true;
    }
}
