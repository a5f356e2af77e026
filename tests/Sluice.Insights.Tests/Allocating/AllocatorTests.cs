using Sluice.Insights.Allocating;

namespace Sluice.Insights.Tests.Allocating;

public sealed class AllocatorTests
{
    [Fact]
    public void ATagComesBeforeRulesAndTheFirstRuleThatFitsDecides()
    {
        var plan = Plan(To("opus", "research", ("model", "*opus*")), To("rest of 1111", "platform", ("account", "1111*"), ("model", "anthropic.*")));
        var allocation = Allocator.Allocate(
            [
                Cost(4, team: "blue", model: "anthropic.claude-opus-4"),
                Cost(3, model: "anthropic.claude-OPUS-4", account: "111122223333"),
                Cost(2, model: "anthropic.claude-haiku", account: "111122223333"),
                Cost(1, model: "amazon.nova-lite", account: "111122223333"),
            ], plan);
        Assert.Equal([("blue", 4m), ("research", 3m), ("platform", 2m), (null, 1m)], allocation.Rows.Select(r => (r.Name, r.Total)));
        Assert.Equal(["tag team", "opus", "rest of 1111", Allocator.NoRule], allocation.Steps.Select(s => s.Rule));
    }

    [Theory]
    [InlineData("iamPrincipal/team")]
    [InlineData("user:team")]
    public void ATagOfAPrincipalOrAProfileIsFoundUnderItsPrefix(string name)
    {
        var allocation = Allocator.Allocate([Cost(1) with { Tags = new Dictionary<string, string> { [name] = "blue", ["steam"] = "engine" } }], Plan());
        Assert.Equal(("blue", 1m), (Assert.Single(allocation.Rows).Name, allocation.Rows[0].Direct));
    }

    [Fact]
    public void AnotherTagStandsInForTheFirst()
    {
        var plan = Plan() with { OtherTags = ["cost-center"] };
        var allocation = Allocator.Allocate([Cost(1) with { Tags = new Dictionary<string, string> { ["cost-center"] = "red" } }], plan);
        Assert.Equal("red", Assert.Single(allocation.Rows).Name);
    }

    /// <summary>10 by usage of 6 to 3 to 1, where the last has no tag and shares nothing: 2 to 1.</summary>
    [Fact]
    public void ASharedCostIsSplitByUsage()
    {
        var allocation = Allocator.Allocate([Cost(6, "a"), Cost(3, "b"), Cost(1), Cost(10, usageType: "USE1-Guardrail")], Plan(Split("guardrails", SplitBy.Usage)));
        Assert.Equal([("a", 6m, 6.666666666667m), ("b", 3m, 3.333333333333m), (null, 1m, 0m)], allocation.Rows.Select(r => (r.Name, r.Direct, r.Shared)));
    }

    [Fact]
    public void ASharedCostIsSplitByTokensEvenlyOrByShares()
    {
        AllocatableCost[] costs = [Cost(6, "a") with { Tokens = 1 }, Cost(3, "b") with { Tokens = 4 }, Cost(10, usageType: "USE1-Guardrail")];
        Assert.Equal((2m, 8m), Shares(Split("s", SplitBy.Tokens)));
        Assert.Equal((5m, 5m), Shares(Split("s", SplitBy.Evenly)));
        Assert.Equal((0m, 10m), Shares(Split("s", SplitBy.Evenly) with { Among = ["b"] }));
        Assert.Equal((7.5m, 2.5m), Shares(Split("s", SplitBy.Shares) with { Shares = new Dictionary<string, decimal> { ["a"] = 75, ["b"] = 25 } }));

        (decimal, decimal) Shares(AllocationRule rule)
        {
            var rows = Allocator.Allocate(costs, Plan(rule)).Rows;
            return (rows.Single(r => r.Name == "a").Shared, rows.Single(r => r.Name == "b").Shared);
        }
    }

    [Fact]
    public void WhatNobodyCanShareStaysVisible()
    {
        var allocation = Allocator.Allocate([Cost(10, usageType: "USE1-Guardrail")], Plan(Split("guardrails", SplitBy.Usage)));
        Assert.Equal((null, 10m), (Assert.Single(allocation.Rows).Name, allocation.Rows[0].Total));
        Assert.Equal("guardrails: nobody to split among", Assert.Single(allocation.Steps).Rule);
    }

    [Fact]
    public void ATaggedCostIsSharedOnlyWhereTheRuleSaysSo()
    {
        AllocatableCost[] costs = [Cost(1, "a"), Cost(1, "b"), Cost(4, "a", usageType: "USE1-Guardrail")];
        Assert.Equal(5, Allocator.Allocate(costs, Plan(Split("s", SplitBy.Usage))).Rows.Single(r => r.Name == "a").Total);
        Assert.Equal(3, Allocator.Allocate(costs, Plan(Split("s", SplitBy.Usage) with { IncludesTagged = true })).Rows.Single(r => r.Name == "a").Total);
    }

    [Fact]
    public void CostsThatAreNotKnownAreCountedAndNeverSummed()
    {
        var row = Assert.Single(Allocator.Allocate([Cost(1, "a"), Cost(0, "a") with { Amount = null, Unpriced = 3 }], Plan()).Rows);
        Assert.Equal((1m, 3L), (row.Total, row.Unpriced));
    }

    /// <summary>Whatever the costs, tags, rules and weights: nothing is lost, nothing is made, and each currency stays with itself.</summary>
    [Fact]
    public void EverythingAllocatedAddsUpToTheTotalExactly()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var plan = Plan(
                To("one", "red", ("model", "m1")), Split("two", (SplitBy)random.Next(3)) with { IncludesTagged = random.Next(2) == 0 }, Split("three", SplitBy.Shares, "m2") with
                {
                    Shares = new Dictionary<string, decimal> { ["blue"] = random.Next(100), ["red"] = random.Next(100) / 7m, ["none"] = 1 },
                });
            List<AllocatableCost> costs = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Cost(
                Amount(random), random.Next(2) == 0 ? "" : $"t{random.Next(7)}", $"m{random.Next(4)}", usageType: random.Next(3) == 0 ? "USE1-Guardrail" : "") with { Currency = random.Next(5) == 0 ? "EUR" : "USD", Tokens = random.Next(1000) })];
            var allocation = Allocator.Allocate(costs, plan);
            foreach (var currency in costs.Select(c => c.Currency).Distinct())
            {
                var total = costs.Where(c => c.Currency == currency).Sum(c => c.Amount ?? 0);
                Assert.Equal(total, allocation.Rows.Where(r => r.Currency == currency).Sum(r => r.Total));
                Assert.Equal(total, allocation.Steps.Where(s => s.Currency == currency).Sum(s => s.Amount));
                Assert.Equal(total, allocation.Totals[currency]);
            }
        }
    }

    [Fact]
    public void PartsDifferFromTheirSharesByLessThanAUnit()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            decimal[] weights = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => (decimal)random.Next(1000)), 1];
            var amount = Amount(random);
            var parts = ExactSplit.Split(amount, weights);
            Assert.Equal(amount, parts.Sum());
            Assert.All(parts.Zip(weights), p => Assert.True(Math.Abs(p.First - (amount * p.Second / weights.Sum())) < 0.000000000002m));
        }
    }

    private static decimal Amount(Random random) => (random.NextInt64(2_000_000_000_000_000) - 300_000_000_000_000) / 1_000_000_000_000m;

    private static AllocationPlan Plan(params AllocationRule[] rules) => new() { Rules = rules };

    private static AllocationRule To(string name, string to, params (string Field, string Pattern)[] conditions) =>
        new() { Name = name, To = to, Conditions = [.. conditions.Select(c => new AllocationCondition(c.Field, [c.Pattern]))] };

    private static AllocationRule Split(string name, SplitBy split, string? model = null) =>
        new() { Name = name, Split = split, Conditions = [model is null ? new AllocationCondition("usage_type", ["*guardrail*"]) : new AllocationCondition("model", [model])] };

    private static AllocatableCost Cost(decimal amount, string team = "", string model = "", string account = "", string usageType = "") => new()
    {
        Amount = amount,
        Currency = "USD",
        Model = model,
        Account = account,
        UsageType = usageType,
        Tags = team.Length == 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { ["team"] = team },
    };
}
