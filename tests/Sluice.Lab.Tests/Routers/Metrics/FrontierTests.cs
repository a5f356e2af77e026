using System.Globalization;
using Sluice.Lab.Routers.Metrics;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Routers.Metrics;

public sealed class FrontierTests
{
    [Fact]
    public void WhatCostsMoreAndIsNoBetterIsDropped()
    {
        var frontier = Frontier.Of([Model("a", 1, 0.5), Model("b", 2, 0.5), Model("c", 3, 0.8), Model("d", 4, 0.7)]);
        Assert.Equal(["a", "c"], frontier.Points.Select(p => p.Name));
        Assert.Equal([("b", "a"), ("d", "c")], frontier.Dominated.Select(d => (d.Point.Name, d.By.Name)));
    }

    [Fact]
    public void OverrulingNeedsACheapSingleModelAndNoCascade()
    {
        var choices = Lab("OVERRULING_e5");
        var frontier = Frontier.Of(choices);
        Assert.Equal(("gpt-4o-mini", ChoiceKind.SingleModel), (frontier.Knee.Name, frontier.Knee.Kind));
        Assert.StartsWith("The knee is gpt-4o-mini, a single model: 95.7 points at 0.00004374 USD a call.", frontier.Verdict(), StringComparison.Ordinal);
        // The published cascade at 0.000453 USD is ten times as dear for 0.2 points; at its best, 18 times for 0.4.
        Assert.Contains("costs 18.2 times as much as gpt-4o-mini, a single model, for 0.4 points more: take the single model", Frontier.AgainstSingleModels(choices, ChoiceKind.Cascade), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HEADLINES_e8", "gpt-4o-2024-05-13")]
    [InlineData("OVERRULING_e5", "gpt-4-turbo")]
    [InlineData("SCIQ_e8", "Meta-Llama-3-70B-Instruct-Turbo")]
    public void DearModelsThatAreWorseAreDominated(string task, string model) => Assert.Contains(Frontier.Of(Lab(task)).Dominated, d => d.Point.Name == model);

    [Fact]
    public void WhatHasNoCostCanNotBePlaced() => Assert.Throws<ArgumentException>(() => Frontier.Of([Model("a", double.NaN, 0.5)]));

    private static CostQuality Model(string name, double cost, double score) => new(name, ChoiceKind.SingleModel, cost, score);

    private static List<CostQuality> Lab(string task) =>
        [.. File.ReadLines(SharedFolder.Path($"data/lab/summary_summary_{task}_full_2024.csv")).Skip(1).Select(line => line.Split(',')).Select(f =>
            new CostQuality(f[8], f[8] == "FrugalGPT" ? ChoiceKind.Cascade : ChoiceKind.SingleModel, double.Parse(f[2], CultureInfo.InvariantCulture), double.Parse(f[1], CultureInfo.InvariantCulture)))];
}
