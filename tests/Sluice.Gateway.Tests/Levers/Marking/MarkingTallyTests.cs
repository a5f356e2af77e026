using System.Collections.Immutable;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Marking;

namespace Sluice.Gateway.Tests.Levers.Marking;

/// <summary>At 3 dollars a million for input, 3.75 for a write of five minutes and 0.30 for a read.</summary>
public sealed class MarkingTallyTests
{
    [Fact]
    public void WhatReadsSaveAndWritesCostAddsUpToTheDecisions()
    {
        var tally = new MarkingTally();
        tally.Add(Call(write: 1_000));
        tally.Add(Call(read: 1_000));
        tally.Add(Call(read: 1_000));

        Assert.Equal((3, 3, 2_000, 1_000), (tally.Calls, tally.MarkedCalls, tally.ReadTokens, tally.WriteTokens));
        Assert.Equal(2_000m / 3_300, tally.HitShare);
        Assert.Equal("0.00075", tally.Premium.ToString());
        Assert.Equal("0.00465", tally.NetSaving.ToString());
        Assert.Equal((0, Money.Zero), (tally.WastedTokensAtLeast, tally.WastedAtLeast));
        Assert.Equal(MarkingVerdict.TooEarly, tally.Verdict);
    }

    [Fact]
    public void MoreWritesThanReadsAreWastedAtLeastByTheDifference()
    {
        var tally = new MarkingTally();
        for (var i = 0; i < 300; i++)
            tally.Add(Call(write: 1_000));
        tally.Add(Call(read: 1_000));

        Assert.Equal(299_000, tally.WastedTokensAtLeast);
        Assert.Equal("0.22425", tally.WastedAtLeast.ToString());
        Assert.Equal(MarkingVerdict.TurnOff, tally.Verdict);
        Assert.Contains("at least 299000 of 300000 written tokens were never read", tally.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ALossThatMayBeChanceIsNoReasonToTurnItOff()
    {
        var tally = new MarkingTally();
        for (var i = 0; i < 400; i++)
            tally.Add(i % 50 == 0 ? Call(read: 10_000) : Call(write: 750));
        Assert.True(tally.NetSaving < Money.Zero);
        Assert.Equal(MarkingVerdict.Unsure, tally.Verdict);
    }

    [Fact]
    public void TrafficInWhichNothingIsMarkedLosesNothing()
    {
        var tally = new MarkingTally();
        for (var i = 0; i < 250; i++)
            tally.Add(Call());
        Assert.Equal((MarkingVerdict.FindsNothing, 0, Money.Zero), (tally.Verdict, tally.MarkedCalls, tally.NetSaving));
    }

    [Fact]
    public void ControlAndShadowDoNotCountAndACallersOwnReadsDo()
    {
        var tally = new MarkingTally();
        tally.Add(Call(write: 1_000) with { Control = true });
        tally.Add(Call(read: 500) with { Decisions = [] });
        tally.Add(Call() with { Decisions = [new Decision("mark", Money.FromUsd(1), "shadow") { IsShadow = true }] });

        Assert.Equal((2, 0, 500), (tally.Calls, tally.MarkedCalls, tally.ReadTokens));
        Assert.Equal(Money.Zero, tally.NetSaving);
    }

    [Fact]
    public void AnUnknownSavingIsCountedAndInNoSum()
    {
        var tally = new MarkingTally();
        tally.Add(Call(write: 1_000) with { Decisions = [new Decision("mark", null, "unknown")], CostByKind = ImmutableSortedDictionary<UsageKind, Money>.Empty });

        Assert.Equal((1, 1, Money.Zero), (tally.MarkedCalls, tally.UnknownCalls, tally.NetSaving));
        Assert.Null(tally.WastedAtLeast);
    }

    private static InvocationRecord Call(long read = 0, long write = 0)
    {
        var costs = ImmutableSortedDictionary<UsageKind, Money>.Empty
            .Add(UsageKind.Input, Money.FromUsd(100 * 3e-6m)).Add(UsageKind.CacheRead, Money.FromUsd(read * 0.3e-6m)).Add(UsageKind.CacheWrite5m, Money.FromUsd(write * 3.75e-6m));
        return new InvocationRecord
        {
            InvocationId = "i",
            StartedAt = DateTimeOffset.UnixEpoch,
            Operation = Operation.Converse,
            Usage = new Usage { Input = 100, CacheRead = read, CacheWrite5m = write, Output = 10 },
            CostByKind = costs,
            Decisions = read + write == 0 ? [] : [new Decision("mark", Money.FromUsd((read * 2.7e-6m) - (write * 0.75e-6m)), "why")],
        };
    }
}
