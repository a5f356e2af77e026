using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;

namespace Sluice.Core.Tests.Savings;

public sealed class WaterfallTests
{
    private static readonly PriceIdentity Sonnet = new() { Model = "sonnet", Region = "us-east-1" };
    private static readonly PriceIdentity Unpriced = new() { Model = "nobody knows", Region = "us-east-1" };

    [Fact]
    public void SavingsAddUpToBaselineMinusCostToTheLastDigitWhateverTheLeversDid()
    {
        var random = new Random(1);
        var known = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var final = Shape(random);
            var cost = Price(final) + Pico(random);
            var waterfall = Waterfall.Of(final, cost, [.. Effects(random)], Price);
            if (waterfall.Baseline is not { } baseline)
                continue;
            known++;
            var saved = waterfall.Decisions.Where(d => !d.IsShadow).Aggregate(Money.Zero, (sum, d) => sum + d.Saving!.Value);
            Assert.Equal(baseline - cost!.Value, saved);
        }
        Assert.InRange(known, 1_000, 4_999);
    }

    [Fact]
    public void WhereAPriceIsMissingOnTheWayTheBaselineIsUnknownAndNoSavingIsZero()
    {
        var random = new Random(2);
        for (var i = 0; i < 2_000; i++)
        {
            var final = Shape(random);
            var waterfall = Waterfall.Of(final, Price(final), [.. Effects(random)], Price);
            var savings = waterfall.Decisions.Where(d => !d.IsShadow).Select(d => d.Saving).ToList();
            Assert.Equal(savings.Contains(null) || Price(final) is null, waterfall.Baseline is null);
        }
    }

    [Fact]
    public void ALeverWhoseUndoneShapeHasNoPriceSavesNobodyKnowsWhat()
    {
        var waterfall = Waterfall.Of(new CallShape(Tokens(100), Sonnet), Usd(0.0003m), [Effect("place", shape => shape with { Identity = Unpriced })], Price);

        Assert.Null(waterfall.Baseline);
        Assert.Null(Assert.Single(waterfall.Decisions).Saving);
    }

    [Fact]
    public void AnUnknownShapeInTheMiddleHidesItsNeighboursAndTheBaselineButNoOther()
    {
        // Undone from the last to the first: 100 -> no price -> 400 -> 500 tokens.
        var waterfall = Waterfall.Of(
            new CallShape(Tokens(100), Sonnet), Usd(0.0003m),
            [Effect("trim", _ => new CallShape(Tokens(500), Sonnet)), Effect("mark", _ => new CallShape(Tokens(400), Sonnet)), Effect("place", _ => new CallShape(Tokens(100), Unpriced))],
            Price);

        Assert.Equal([Usd(0.0003m), null, null], waterfall.Decisions.Select(d => d.Saving));
        Assert.Null(waterfall.Baseline);
    }

    [Fact]
    public void AnUnknownCostMakesAnUnknownBaseline()
    {
        var waterfall = Waterfall.Of(new CallShape(Tokens(100), Sonnet), cost: null, [Effect("trim", shape => shape with { Usage = Tokens(200) })], Price);

        Assert.Null(waterfall.Baseline);
        Assert.Equal(Usd(0.0003m), Assert.Single(waterfall.Decisions).Saving);
    }

    [Fact]
    public void EachSavingIsTheDifferenceAtItsPlace()
    {
        // 1,000 tokens as written, 600 of them after trimming, of which the marked half is read at a tenth.
        var final = new CallShape(new Usage { Input = 300, CacheRead = 300 }, Sonnet);
        var waterfall = Waterfall.Of(final, Price(final),
            [Effect("trim", _ => new CallShape(Tokens(1_000), Sonnet)), Effect("mark", _ => new CallShape(Tokens(600), Sonnet))], Price);

        Assert.Equal(Usd(0.003m), waterfall.Baseline);
        Assert.Equal(["trim", "mark"], waterfall.Decisions.Select(d => d.Lever));
        Assert.Equal([Usd(0.0012m), Usd(0.00081m)], waterfall.Decisions.Select(d => d.Saving));
        Assert.Equal([Tokens(1_000), Tokens(600)], waterfall.Before.Select(b => b!.Usage));
    }

    [Fact]
    public void WhatALeverCausedIsItsOwnNegativeSaving()
    {
        var final = new CallShape(Tokens(100), Sonnet);
        var caused = Usd(0.001m);
        var waterfall = Waterfall.Of(final, Price(final) + caused, [Effect("output", shape => shape, caused)], Price);

        Assert.Equal(Price(final), waterfall.Baseline);
        Assert.Equal(-caused, Assert.Single(waterfall.Decisions).Saving);
    }

    [Fact]
    public void AnAttemptThatNoLeverCausedStaysInTheBaseline()
    {
        var final = new CallShape(Tokens(100), Sonnet);
        var waterfall = Waterfall.Of(final, Price(final) + Usd(0.005m), [Effect("trim", shape => shape with { Usage = Tokens(200) })], Price);

        Assert.Equal(Usd(0.0056m), waterfall.Baseline);
        Assert.Equal(Usd(0.0003m), Assert.Single(waterfall.Decisions).Saving);
    }

    [Fact]
    public void AShadowTellsWhatItWouldHaveSavedAndChangesNothingElse()
    {
        var final = new CallShape(Tokens(1_000), Sonnet);
        var with = Waterfall.Of(final, Price(final),
            [Effect("trim", shape => shape with { Usage = Tokens(2_000) }), new LeverEffect("recall", "", IsShadow: true, shape => shape with { Usage = Usage.None })], Price);

        Assert.Equal(Usd(0.003m), with.Decisions[1].Saving);
        Assert.True(with.Decisions[1].IsShadow);
        Assert.Equal(Usd(0.003m), with.Decisions[0].Saving);
        Assert.Equal(Usd(0.006m), with.Baseline);
    }

    [Fact]
    public void ASavingThatRestsOnACountThatNobodyMeasuredIsMarked()
    {
        var final = new CallShape(Tokens(100), Sonnet);
        var waterfall = Waterfall.Of(final, Price(final),
            [
                Effect("recall", shape => shape with { Identity = Sonnet }),
                Effect("trim", shape => shape with { Usage = shape.Usage with { Input = 300, Source = UsageSource.Estimated } }),
                Effect("place", shape => shape with { Identity = Sonnet }),
            ], Price);

        // Place is undone first, from what was measured; whatever is undone after trim inherits its guess.
        Assert.Equal([true, true, false], waterfall.Decisions.Select(d => d.IsEstimated));
    }

    [Fact]
    public void NoEffectLeavesTheCostAsTheBaseline()
    {
        var final = new CallShape(Tokens(100), Sonnet);
        var waterfall = Waterfall.Of(final, Usd(0.07m), [], Price);

        Assert.Equal(Usd(0.07m), waterfall.Baseline);
        Assert.Empty(waterfall.Decisions);
    }

    private static IEnumerable<LeverEffect> Effects(Random random)
    {
        for (var i = random.Next(6); i > 0; i--)
        {
            var isShadow = random.Next(4) == 0;
            var caused = isShadow || random.Next(3) > 0 ? Money.Zero : Pico(random);
            Func<CallShape, CallShape?> convert = random.Next(25) switch
            {
                0 => _ => null,
                1 => shape => shape with { Identity = Unpriced },
                2 or 3 or 4 => shape => shape with { Usage = Usage.None },
                _ => shape => shape with { Usage = shape.Usage with { Input = shape.Usage.Input + random.Next(5_000), CacheRead = random.Next(5_000), Source = UsageSource.Estimated } },
            };
            yield return new LeverEffect("lever" + i, "", isShadow, convert, caused);
        }
    }

    private static CallShape Shape(Random random) => new(
        new Usage { Input = random.Next(100_000), CacheRead = random.Next(100_000), CacheWrite5m = random.Next(9_000), CacheWrite1h = random.Next(9_000), Output = random.Next(9_000) },
        random.Next(50) == 0 ? Unpriced : Sonnet);

    private static Usage Tokens(long input) => new() { Input = input };

    private static LeverEffect Effect(string lever, Func<CallShape, CallShape?> undo, Money caused = default) => new(lever, "", IsShadow: false, undo, caused);

    /// <summary>Claude Sonnet 4.5's global prices: 3 and 15 dollars a million, a tenth for reads, a quarter and as much again for writes.</summary>
    private static Money? Price(CallShape shape) => shape.Identity == Unpriced ? null : Money.FromUsd(
        ((shape.Usage.Input * 3m) + (shape.Usage.CacheRead * 0.3m) + (shape.Usage.CacheWrite5m * 3.75m) + (shape.Usage.CacheWrite1h * 6m) + (shape.Usage.Output * 15m)) / 1_000_000m);

    private static Money Pico(Random random) => Money.FromPicoUsd(random.NextInt64(1_000_000_000));

    private static Money Usd(decimal usd) => Money.FromUsd(usd);
}
