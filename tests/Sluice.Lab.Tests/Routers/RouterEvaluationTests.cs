using Sluice.Lab.Routers;
using Sluice.Lab.Routers.Metrics;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Tests.Routers;

/// <summary>Bars of the issue; baselines that they are held beside are those of RouteLLM's recorded outcomes, 5 folds, seed 0.</summary>
public sealed class RouterEvaluationTests
{
    private static readonly EvaluationOptions Options = new();

    [Fact]
    public void MmluIsRoutedByItsTextAndBetterByItsTextAndTask()
    {
        var report = RouterEvaluation.Run(RoutingOutcomes.Mmlu(), Options);
        Endpoints(report, 14_037, 0.8059, 0.6809, 0.8587);
        Assert.Equal(0.1778, report.StrongBetter, 4);
        var (text, tagged) = (Policy(report, PolicyNames.Router), Policy(report, PolicyNames.RouterWithTask));
        AtLeast(0.665, text.Apgr);
        AtMost(0.60, text.Cpt80);
        AtLeast(0.685, tagged.Apgr);
        // A router that knows the rules' facts is never worse than a rule, nor than its text alone, by more than 0.005.
        Assert.All((string[])[PolicyNames.TaskTable, PolicyNames.Length, PolicyNames.Router], rule => AtLeast(Policy(report, rule).Apgr.Value - 0.005, tagged.Apgr));
        Baselines(report, oracle: 1.285, length: 0.586, table: 0.672);
        Held(report);
    }

    [Fact]
    public void FifteenHundredLabelsBeatTheBestPublishedRouter() =>
        // RouteLLM's best on MMLU is 0.603, with about 1,500 labels of MMLU among its training rows (paper v4, table 2).
        AtLeast(0.63, Policy(RouterEvaluation.Run(RoutingOutcomes.Mmlu(), Options with { Labels = 1500 }), PolicyNames.Router).Apgr);

    [Fact]
    public void Gsm8kIsRoutedByItsText()
    {
        var report = RouterEvaluation.Run(RoutingOutcomes.Gsm8k(), Options);
        Endpoints(report, 1307, 0.8577, 0.6373, 0.9296);
        AtLeast(0.63, Policy(report, PolicyNames.Router).Apgr);
        AtLeast(Policy(report, PolicyNames.Length).Apgr.Value - 0.005, Policy(report, PolicyNames.Router).Apgr);
        Baselines(report, oracle: 1.121, length: 0.598, table: null);
        // Two points are 1.6 standard errors of a share of 1,307 prompts: eight of the nine shares are held, 70 % is missed by 3.1.
        // Over seeds 0 to 4, one of 45 shares is missed by more than two points.
        Held(report, within: 0.035);
    }

    [Fact]
    public void MtBenchHasThePublishedEndpoints()
    {
        var report = RouterEvaluation.Run(RoutingOutcomes.MtBench(), Options);
        // 9.21 and 8.28 of ten points over 72 questions with two turns each.
        Assert.Equal((144, 0.921, 0.828), (report.Lines, Math.Round(report.Strong.Score, 3), Math.Round(report.Weak.Score, 3)));
        Assert.Null(report.Policy(PolicyNames.Router));
    }

    [Fact]
    public void WithoutASignalTheRouterIsChance()
    {
        var report = RouterEvaluation.Run(Synthetic(600, strongWhen: (_, random) => random.NextDouble() < 0.5), Options);
        Assert.InRange(Policy(report, PolicyNames.Router).Apgr.Value, 0.4, 0.6);
    }

    [Fact]
    public void MoreThanTwoModelsShareOneFrontier()
    {
        var report = RouterEvaluation.Run(Synthetic(600, strongWhen: (isHard, random) => isHard || random.NextDouble() < 0.1), Options);
        Assert.Equal(("large", "small"), (report.Strong.Model, report.Weak.Model));
        Assert.NotNull(report.Frontier);
        Assert.Contains(report.Frontier.Dominated, d => d.Point.Name == "old");
        Assert.Contains(report.Frontier.Points, p => p.Kind == ChoiceKind.Router);
        // The oracle's is 0.77 here, since nearly half of the prompts need the large model.
        AtLeast(0.7, Policy(report, PolicyNames.Router).Apgr);
    }

    [Fact]
    public void AModelThatIsMissingOnSomeLinesIsLeftOutThere()
    {
        var lines = Enumerable.Range(0, 300).Select(i => (object)new
        {
            id = $"{i}",
            prompt = $"question {i}",
            outcomes = i % 3 == 0 ? new Dictionary<string, object> { ["a"] = new { score = 1 } } : new Dictionary<string, object> { ["a"] = new { score = 1 }, ["b"] = new { score = i % 2 } },
        });
        var report = RouterEvaluation.Run(RoutingOutcomes.Read(lines), Options);
        Assert.Equal((200, 100), (report.Lines, report.SkippedLines));
        Assert.Throws<OutcomeException>(() => RouterEvaluation.Run(RoutingOutcomes.Read(lines), Options with { Weak = "c" }));
    }

    private static OutcomeTable Synthetic(int count, Func<bool, Random, bool> strongWhen)
    {
        var random = new Random(5);
        return RoutingOutcomes.Read([.. Enumerable.Range(0, count).Select(i =>
        {
            var isHard = random.NextDouble() < 0.4;
            var isNeeded = strongWhen(isHard, random);
            var outcomes = new Dictionary<string, object>
            {
                ["large"] = new { score = 1, cost_usd = 0.01 },
                ["old"] = new { score = 0.2, cost_usd = 0.02 },
                ["small"] = new { score = isNeeded ? 0 : 1, cost_usd = "0.001" },
            };
            return (object)new { id = $"{i}", prompt = $"{(isHard ? "Prove the theorem" : "Say a word")} about number {random.Next(1000)} and {random.Next(1000)}", outcomes };
        })]);
    }

    private static RankedPolicy Policy(RouterReport report, string name)
    {
        var policy = report.Policy(name);
        Assert.NotNull(policy);
        return policy;
    }

    private static void Endpoints(RouterReport report, int lines, double strong, double weak, double oracle)
    {
        Assert.Equal((lines, RoutingOutcomes.Strong, RoutingOutcomes.Weak), (report.Lines, report.Strong.Model, report.Weak.Model));
        Assert.Equal((strong, weak, oracle), (Math.Round(report.Strong.Score, 4), Math.Round(report.Weak.Score, 4), Math.Round(report.Oracle, 4)));
    }

    private static void Baselines(RouterReport report, double oracle, double length, double? table)
    {
        Assert.Equal(oracle, Policy(report, PolicyNames.Oracle).Apgr.Value, 3);
        Assert.InRange(Policy(report, PolicyNames.Length).Apgr.Value, length - 0.002, length + 0.002);
        if (table is { } bar)
            Assert.InRange(Policy(report, PolicyNames.TaskTable).Apgr.Value, bar - 0.005, bar + 0.005);
    }

    private static void Held(RouterReport report, double within = 0.02)
    {
        Assert.All(report.Shares, share => Assert.InRange(share.Delivered, share.Asked - within, share.Asked + within));
        Assert.All(report.Floors, floor => Assert.True(floor.Score >= floor.Floor, $"{floor}"));
        Assert.InRange(report.CalibrationError!.Value, 0, 0.04);
    }

    private static void AtLeast(double bar, Interval figure) => Assert.True(figure.Value >= bar, $"{figure} is below {bar}");

    private static void AtMost(double bar, Interval figure) => Assert.True(figure.Value <= bar, $"{figure} is above {bar}");
}
