using FsCheck;
using FsCheck.Fluent;
using Sluice.Core.Metering;
using Sluice.Insights.Movers;

namespace Sluice.Insights.Tests.Movers;

public sealed class MoverTableTests
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300).WithReplay(20261201, 1);

    [Fact]
    public void MoreCallsAloneAreVolume() => Assert.Equal(
        new ChangeSplit(5, 0, 0, 0, 0, 0), Only(Period(10, (UsageKind.Input, 1_000, 5)), Period(20, (UsageKind.Input, 2_000, 10))));

    [Fact]
    public void LongerPromptsAloneAreSize() => Assert.Equal(
        new ChangeSplit(0, 0, 5, 0, 0, 0), Only(Period(10, (UsageKind.Input, 1_000, 5)), Period(10, (UsageKind.Input, 2_000, 10))));

    [Fact]
    public void ADearerTokenAloneIsPrice() => Assert.Equal(
        new ChangeSplit(0, 0, 0, 0, 1, 0), Only(Period(10, (UsageKind.Output, 1_000, 5)), Period(10, (UsageKind.Output, 1_000, 6))));

    /// <summary>A million tokens at 3, of which half come to be read from the cache at 0.3: 1.5 + 0.15.</summary>
    [Fact]
    public void ReadingFromTheCacheAloneIsCache() => Assert.Equal(
        new ChangeSplit(0, 0, 0, -1.35m, 0, 0),
        Only(Period(10, (UsageKind.Input, 1_000_000, 3)), Period(10, (UsageKind.Input, 500_000, 1.5m), (UsageKind.CacheRead, 500_000, 0.15m))));

    [Fact]
    public void WhatLeversSaveMoreIsTheirs() => Assert.Equal(
        new ChangeSplit(0, 0, 0, 0, 0, -4),
        Only(Period(10, (UsageKind.Input, 1_000, 10)), Period(10, (UsageKind.Input, 600, 6)) with { SavedUsd = 4 }));

    [Fact]
    public void LeversThatLeaveNothingToPaySaveAllOfIt() => Assert.Equal(
        new ChangeSplit(0, 0, 0, 0, 0, -10), Only(Period(10, (UsageKind.Input, 1_000, 10)), new MoverPeriod { Calls = 10, SavedUsd = 10 }));

    [Fact]
    public void CallsThatMoveToADearerGroupAreMix()
    {
        var table = MoverTable.Of(
        [
            new("cheap", Period(50, (UsageKind.Input, 50, 5)), Period(25, (UsageKind.Input, 25, 2.5m))),
            new("dear", Period(50, (UsageKind.Input, 50, 50)), Period(75, (UsageKind.Input, 75, 75))),
        ]);

        Assert.Equal(new ChangeSplit(0, 22.5m, 0, 0, 0, 0), table.Split);
        Assert.Equal([("dear", 25m), ("cheap", -2.5m)], table.Rows.Select(r => (r.Group.Name, r.ChangeUsd)));
    }

    [Fact]
    public void NewAndVanishedGroupsAreVolumeAndMix()
    {
        var table = MoverTable.Of(
        [
            new("new", MoverPeriod.Empty, Period(10, (UsageKind.Input, 10, 7))),
            new("gone", Period(10, (UsageKind.Output, 10, 3)), MoverPeriod.Empty),
        ]);

        Assert.All(table.Rows, r => Assert.Equal((0m, 0m, 0m, 0m), (r.Split.SizeUsd, r.Split.CacheUsd, r.Split.PriceUsd, r.Split.LeversUsd)));
        Assert.Equal(new ChangeSplit(0, 4, 0, 0, 0, 0), table.Split);
    }

    [Fact]
    public void CallsWithoutAKnownCostAreCountedAndInNoDollar()
    {
        var table = MoverTable.Of([new("a", Period(1, (UsageKind.Input, 1, 1)) with { UnpricedCalls = 7 }, Period(1, (UsageKind.Input, 1, 1)) with { UnpricedCalls = 9 })]);

        Assert.Equal((0m, 7L, 9L), (table.Split.TotalUsd, table.UnpricedBefore, table.UnpricedAfter));
    }

    [Fact]
    public void NothingAtAllIsNoChange() => Assert.Equal(default, MoverTable.Of([new("a", MoverPeriod.Empty, MoverPeriod.Empty)]).Split);

    [Fact]
    public void PartsAddUpToTheChangeToTheLastDigit() => Check.One(Settings, Prop.ForAll(Groups.ToArbitrary(), groups =>
    {
        var table = MoverTable.Of(groups);
        Assert.All(table.Rows, r => Assert.Equal(r.ChangeUsd, r.Split.TotalUsd));
        Assert.Equal(groups.Sum(g => g.After.CostUsd) - groups.Sum(g => g.Before.CostUsd), table.Split.TotalUsd);
    }));

    [Fact]
    public void ExchangingThePeriodsChangesTheSignAlone() => Check.One(Settings, Prop.ForAll(Groups.ToArbitrary(), groups =>
    {
        var (forward, back) = (MoverTable.Of(groups), MoverTable.Of([.. groups.Select(g => new MoverGroup(g.Name, g.After, g.Before))]));
        foreach (var (a, b) in forward.Rows.OrderBy(r => r.Group.Name).Zip(back.Rows.OrderBy(r => r.Group.Name)))
            Near(a.Split, b.Split, -1, 0.000000000002m);
    }));

    [Fact]
    public void TenTimesAsMuchOfEverythingIsTenTimesTheSplit() => Check.One(Settings, Prop.ForAll(Groups.ToArbitrary(), groups =>
    {
        var (one, ten) = (MoverTable.Of(groups), MoverTable.Of([.. groups.Select(g => new MoverGroup(g.Name, Times(g.Before), Times(g.After)))]));
        foreach (var (a, b) in one.Rows.OrderBy(r => r.Group.Name).Zip(ten.Rows.OrderBy(r => r.Group.Name)))
            Near(a.Split, b.Split, 10, 0.0000000001m);
    }));

    /// <summary>Apart from rounding, whose rest the largest part has.</summary>
    private static void Near(ChangeSplit a, ChangeSplit b, decimal factor, decimal tolerance)
    {
        decimal[] Parts(ChangeSplit s) => [s.VolumeUsd, s.MixUsd, s.SizeUsd, s.CacheUsd, s.PriceUsd, s.LeversUsd];
        foreach (var (x, y) in Parts(a).Zip(Parts(b)))
            Assert.InRange(x * factor - y, -tolerance, tolerance);
    }

    private static MoverPeriod Times(MoverPeriod period) => period with
    {
        Calls = period.Calls * 10,
        SavedUsd = period.SavedUsd * 10,
        Kinds = period.Kinds.ToDictionary(k => k.Key, k => new KindUse(k.Value.Units * 10, k.Value.CostUsd * 10)),
    };

    private static Gen<MoverGroup[]> Groups
    {
        get
        {
            var use = from units in Gen.Choose(0, 1_000_000) from micros in Gen.Choose(-1_000, 5_000_000) select new KindUse(units, micros / 1_000_000m);
            var kinds = Gen.Elements(UsageKind.Input, UsageKind.CacheRead, UsageKind.CacheWrite5m, UsageKind.Output, UsageKind.SearchUnit);
            var period =
                from calls in Gen.Choose(0, 5_000)
                from names in kinds.ListOf()
                from uses in use.ListOf(5)
                from saved in Gen.Choose(-100, 3_000_000)
                select calls == 0 ? MoverPeriod.Empty : new MoverPeriod
                {
                    Calls = calls,
                    SavedUsd = saved / 1_000_000m,
                    Kinds = names.Distinct().Zip(uses).ToDictionary(p => p.First, p => p.Second),
                };
            var pair = from before in period from after in period select (before, after);
            return from groups in pair.NonEmptyListOf() select groups.Take(5).Select((g, i) => new MoverGroup($"g{i}", g.before, g.after)).ToArray();
        }
    }

    private static ChangeSplit Only(MoverPeriod before, MoverPeriod after) => MoverTable.Of([new("a", before, after)]).Split;

    private static MoverPeriod Period(long calls, params (UsageKind Kind, decimal Units, decimal CostUsd)[] kinds) =>
        new() { Calls = calls, Kinds = kinds.ToDictionary(k => k.Kind, k => new KindUse(k.Units, k.CostUsd)) };
}
