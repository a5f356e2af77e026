using Sluice.Lab.Routers;
using Sluice.Lab.Routers.Cascades;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Tests.Routers.Cascades;

public sealed class CascadeEvaluationTests
{
    [Fact]
    public void Gsm8kAnswersTellMoreThanTheirPrompts()
    {
        var cascade = Assert.Single(CascadeEvaluation.Run(RoutingOutcomes.Gsm8k(), new EvaluationOptions()).Cascades);
        var policy = cascade.Policies[0];
        Assert.Equal(CascadeEvaluation.CascadePolicy, policy.Name);
        // routing.md measured 0.669 and 58.6 % with six features.
        Assert.True(policy.Apgr.Value >= 0.68 && policy.Cpt80.Value <= 0.57, $"{policy}");
        Assert.All(cascade.Escalations, held => Assert.InRange(held.Delivered, held.Asked - 0.02, held.Asked + 0.02));
        var at80 = cascade.BreakEvens[1];
        Assert.Equal(at80.RouterCost(at80.AgainstRouter), at80.CascadeCost(at80.AgainstRouter), 6);
        Assert.Equal(1, at80.CascadeCost(at80.AgainstStrong), 6);
    }

    [Fact]
    public void AnswersThatBelongToOtherPromptsTellNothing()
    {
        // With the scores moved to other lines, whatever a leak between folds would give away shows as more than chance.
        var table = RoutingOutcomes.Gsm8k();
        var order = Enumerable.Range(0, table.Count).ToArray();
        new Random(11).Shuffle(order);
        var shuffled = new OutcomeTable
        {
            Prompts = table.Prompts,
            Tasks = table.Tasks,
            Models = table.Models,
            Scores = [.. table.Scores.Select(column => order.Select(line => column[line]).ToArray())],
            CostsUsd = table.CostsUsd,
            Answers = table.Answers,
            Digest = table.Digest,
        };
        var policies = Assert.Single(CascadeEvaluation.Run(shuffled, new EvaluationOptions()).Cascades).Policies;
        Assert.InRange(policies[0].Apgr.Value, 0.42, 0.58);
        Assert.InRange(policies[1].Apgr.Value, 0.42, 0.58);
    }

    [Fact]
    public void EveryAttemptIsBilled()
    {
        var random = new Random(3);
        var table = RoutingOutcomes.Read([.. Enumerable.Range(0, 400).Select(i =>
        {
            var isRight = random.NextDouble() < 0.6;
            var outcomes = new Dictionary<string, object>
            {
                ["dear"] = new { score = 1, cost_usd = 0.010 },
                ["cheap"] = new { score = isRight ? 1 : 0, cost_usd = 0.002, text = isRight ? $"The answer is {i}." : $"I am not sure, maybe {i}" },
            };
            return (object)new { id = $"{i}", prompt = $"Question {random.Next(100)} of {random.Next(100)}", outcomes };
        })]);
        var report = CascadeEvaluation.Run(table, new EvaluationOptions());
        var cascade = Assert.Single(report.Cascades);
        Assert.Equal(0.2, cascade.PriceRatio!.Value, 9);
        Assert.All(cascade.Escalations, held => Assert.Equal(0.002 + (held.Delivered * 0.010), held.CostUsd!.Value, 9));
        Assert.True(cascade.Policies[0].Apgr.Value > 0.75, $"{cascade.Policies[0]}");
        Assert.NotNull(report.Frontier);
    }

    [Fact]
    public void WithoutAnswersThereIsNothingToScore()
    {
        var table = RoutingOutcomes.Read(Enumerable.Range(0, 300).Select(i => (object)new { id = $"{i}", prompt = $"p {i}", outcomes = new Dictionary<string, object> { ["a"] = new { score = 1 }, ["b"] = new { score = i % 2 } } }));
        Assert.Contains("`text` of an answer of b", Assert.Throws<OutcomeException>(() => CascadeEvaluation.Run(table, new EvaluationOptions())).Message, StringComparison.Ordinal);
    }
}
