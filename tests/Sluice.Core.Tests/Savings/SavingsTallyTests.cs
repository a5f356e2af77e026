using System.Collections.Immutable;
using Sluice.Core.Invocations;
using Sluice.Core.Savings;

namespace Sluice.Core.Tests.Savings;

public sealed class SavingsTallyTests
{
    private readonly SavingsTally _tally = new();

    [Fact]
    public void OverAnyCallsTheLeversSavingsAreBaselineMinusCost()
    {
        var random = new Random(3);
        for (var i = 0; i < 2_000; i++)
        {
            ImmutableArray<Decision> decisions = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new Decision("lever" + random.Next(3), Pico(random), "")
            {
                IsShadow = random.Next(4) == 0,
                IsEstimated = random.Next(2) == 0,
            })];
            var cost = Pico(random);
            var saved = decisions.Where(d => !d.IsShadow).Aggregate(Money.Zero, (sum, d) => sum + d.Saving!.Value);
            // A record in ten knows no baseline, another no cost.
            _tally.Add(Record(random.Next(10) == 0 ? null : cost + saved, random.Next(10) == 0 ? null : cost, decisions));
        }

        Assert.Equal(_tally.Saved, _tally.Levers.Values.Aggregate(Money.Zero, (sum, l) => sum + l.Saving));
        Assert.InRange(_tally.UnknownCalls, 1, 1_999);
        Assert.Equal(2_000, _tally.Calls);
    }

    [Fact]
    public void ACallOfUnknownCostIsCountedAndInNoSum()
    {
        _tally.Add(Record(Usd(1), cost: null, [new Decision("trim", Usd(0.4m), "")]));

        Assert.Equal((1, 1), (_tally.Calls, _tally.UnknownCalls));
        Assert.Equal((Money.Zero, Money.Zero), (_tally.Baseline, _tally.Cost));
        Assert.Equal(new LeverSaving("trim") { Calls = 1, UnknownCalls = 1 }, _tally.Levers["trim"]);
    }

    [Fact]
    public void AnUnknownSavingIsNotZero()
    {
        _tally.Add(Record(Usd(1), Usd(1), [new Decision("place", Saving: null, "")]));

        Assert.Equal(new LeverSaving("place") { Calls = 1, UnknownCalls = 1 }, _tally.Levers["place"]);
    }

    [Fact]
    public void WhatRestsOnGuessesIsShownApart()
    {
        _tally.Add(Record(Usd(1), Usd(0.5m), [new Decision("trim", Usd(0.3m), "") { IsEstimated = true }, new Decision("place", Usd(0.2m), "")]));
        _tally.Add(Record(Usd(1), Usd(0.9m), [new Decision("trim", Usd(0.1m), "")]));

        Assert.Equal(new LeverSaving("trim") { Calls = 2, Saving = Usd(0.4m), Estimated = Usd(0.3m) }, _tally.Levers["trim"]);
        Assert.Equal(Money.Zero, _tally.Levers["place"].Estimated);
    }

    [Fact]
    public void AShadowsSavingIsPartOfNoOtherSum()
    {
        _tally.Add(Record(Usd(1), Usd(1), [new Decision("recall", Usd(1), "") { IsShadow = true }]));

        Assert.Equal(Money.Zero, _tally.Saved);
        Assert.Equal(new LeverSaving("recall") { ShadowCalls = 1, ShadowSaving = Usd(1) }, _tally.Levers["recall"]);
    }

    [Fact]
    public void ControlCallsAreCounted()
    {
        _tally.Add(Record(Usd(1), Usd(1), []) with { Control = true });
        _tally.Add(Record(Usd(1), Usd(1), []));

        Assert.Equal(1, _tally.ControlCalls);
    }

    private static InvocationRecord Record(Money? baseline, Money? cost, ImmutableArray<Decision> decisions) => new()
    {
        InvocationId = "1",
        StartedAt = DateTimeOffset.UnixEpoch,
        Operation = Operation.Converse,
        Baseline = baseline,
        Cost = cost,
        Decisions = decisions,
    };

    private static Money Pico(Random random) => Money.FromPicoUsd(random.NextInt64(1_000_000_000));

    private static Money Usd(decimal usd) => Money.FromUsd(usd);
}
