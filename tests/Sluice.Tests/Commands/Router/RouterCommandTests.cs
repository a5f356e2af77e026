using System.CommandLine;
using System.Text.Json;
using Sluice.Commands;
using Sluice.Commands.Cascade;
using Sluice.Commands.Router;
using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Hosting;

namespace Sluice.Tests.Commands.Router;

public sealed class RouterCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-router-tests-");
    private readonly string _outcomes;

    public RouterCommandTests()
    {
        _outcomes = Path.Combine(_folder.FullName, "outcomes.jsonl");
        var random = new Random(2);
        File.WriteAllLines(_outcomes, Enumerable.Range(0, 400).Select(i =>
        {
            var isHard = random.NextDouble() < 0.4;
            var isRight = !isHard || random.NextDouble() < 0.2;
            return JsonSerializer.Serialize(new
            {
                id = $"{i}",
                prompt = $"{(isHard ? "Prove the theorem" : "Say a word")} about {random.Next(1000)} and {random.Next(1000)}",
                task = isHard ? "proofs" : "words",
                outcomes = new Dictionary<string, object>
                {
                    ["large"] = new { score = 1, cost_usd = 0.01, text = "Certainly." },
                    ["small"] = new { score = isRight ? 1 : 0, cost_usd = 0.001, text = isRight ? $"It is {i}." : "I am not sure" },
                },
            });
        }));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void EvalPrintsTheMeasuresTheBaselinesAndTheFrontierAsJson()
    {
        var (code, output) = Run("router", "eval", _outcomes, "--format", "json");
        Assert.Equal(0, code);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal("large", report.GetProperty("strong").GetProperty("model").GetString());
        Assert.Equal(["router", "router with task", "task table", "longer prompt", "random", "oracle"], report.GetProperty("policies").EnumerateArray().Select(p => p.GetProperty("policy").GetString()));
        foreach (var measure in (string[])["apgr", "cpt50", "cpt80"])
        {
            var figure = report.GetProperty("policies")[0].GetProperty(measure);
            Assert.InRange(figure.GetProperty("value").GetDouble(), figure.GetProperty("low").GetDouble(), figure.GetProperty("high").GetDouble());
        }
        Assert.NotEmpty(report.GetProperty("frontier").EnumerateArray());
        Assert.Equal(9, report.GetProperty("shares").GetArrayLength());
        Assert.Equal(output, Run("router", "eval", _outcomes, "--format", "json").Output);
    }

    [Theory]
    [InlineData("router", "eval")]
    [InlineData("cascade", "eval")]
    public void TheReportIsReadableAndHasCsv(params string[] command)
    {
        var (code, output) = Run([.. command, _outcomes]);
        Assert.Equal(0, code);
        Assert.Contains("The knee is", output, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", output, StringComparison.Ordinal);
        Assert.StartsWith("policy,apgr,apgr_low,apgr_high,cpt50", Run([.. command, _outcomes, "--format", "csv"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheCascadePrintsItsBreakEvenRatios()
    {
        Assert.Contains("Break-even price ratio of small to large", Run("cascade", "eval", _outcomes).Output, StringComparison.Ordinal);
        var cascade = JsonDocument.Parse(Run("cascade", "eval", _outcomes, "--format", "json").Output).RootElement.GetProperty("cascades")[0];
        Assert.Equal(0.1, cascade.GetProperty("price_ratio").GetDouble(), 6);
        Assert.Equal(2, cascade.GetProperty("break_even").GetArrayLength());
    }

    [Fact]
    public void TrainWritesAModelThatLoadsAndACard()
    {
        var model = Path.Combine(_folder.FullName, "router.model");
        var (code, output) = Run("router", "train", _outcomes, "--out", model);
        Assert.Equal(0, code);
        Assert.Contains("APGR", output, StringComparison.Ordinal);
        using (var stream = File.OpenRead(model))
            Assert.Equal("large", RouterModel.Load(stream).Strong);
        var card = JsonDocument.Parse(File.ReadAllText(model + ".card.json")).RootElement;
        Assert.Equal(FeatureSpec.Fingerprint, card.GetProperty("features_sha256").GetString());
        Assert.Equal(64, card.GetProperty("evaluation").GetProperty("data_sha256").GetString()!.Length);
        Assert.Contains("| longer prompt |", File.ReadAllText(model + ".card.md"), StringComparison.Ordinal);

        var first = File.ReadAllBytes(model);
        Run("router", "train", _outcomes, "--out", model);
        Assert.Equal(first, File.ReadAllBytes(model));
    }

    [Fact]
    public void CascadeTrainWritesAScorerThatLoadsAndACard()
    {
        var file = Path.Combine(_folder.FullName, "answers.scorer");
        var (code, output) = Run("cascade", "train", _outcomes, "--out", file);
        Assert.Equal(0, code);
        Assert.Contains("answers of small. APGR", output, StringComparison.Ordinal);
        using (var stream = File.OpenRead(file))
        {
            var scorer = AnswerScorer.Load(stream);
            Assert.Equal(("small", "large"), (scorer.Weak, scorer.Strong));
            Assert.True(scorer.Score("Say a word about 3 and 4", "words", "I am not sure").Gain > scorer.Score("Say a word about 3 and 4", "words", "It is 7.").Gain);
        }
        Assert.Equal(AnswerSpec.Fingerprint, JsonDocument.Parse(File.ReadAllText(file + ".card.json")).RootElement.GetProperty("features_sha256").GetString());
        Assert.Contains("| longer answer |", File.ReadAllText(file + ".card.md"), StringComparison.Ordinal);

        var first = File.ReadAllBytes(file);
        Run("cascade", "train", _outcomes, "--out", file);
        Assert.Equal(first, File.ReadAllBytes(file));
    }

    [Fact]
    public void ABadLineIsNamed()
    {
        File.AppendAllLines(_outcomes, ["{\"id\": \"x\", \"prompt\": \"p\", \"outcomes\": {\"large\": {\"score\": 7}}}"]);
        var error = Assert.Throws<CouldNotRunException>(() => Run("router", "eval", _outcomes)).Message;
        Assert.StartsWith($"{_outcomes}:401: ", error, StringComparison.Ordinal);
        Assert.Contains("from 0 to 1", error, StringComparison.Ordinal);
    }

    [Fact]
    public void OneLineOfMeansIsATableOfCostAndQuality()
    {
        File.WriteAllText(_outcomes, """{"id": "t", "prompt": "", "outcomes": {"a": {"score": 0.95, "cost_usd": 0.00004}, "b": {"score": 0.94, "cost_usd": 0.001}, "c": {"score": 0.96, "cost_usd": 0.01}}}""");
        var (code, output) = Run("router", "eval", _outcomes);
        Assert.Equal(0, code);
        Assert.Contains("dominated by a", output, StringComparison.Ordinal);
        Assert.Contains("No router was trained", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("router", "eval", "x", "--folds", "1")]
    [InlineData("router", "eval", "x", "--labels", "5")]
    [InlineData("router", "train", "x")]
    [InlineData("cascade", "eval")]
    [InlineData("cascade", "train", "x")]
    public void WrongUsageIsAnErrorOfTheCommandLine(params string[] arguments) => Assert.NotEmpty(Root().Parse(arguments).Errors);

    private static (int Code, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = Root().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        return (code, output.ToString());
    }

    private static RootCommand Root() => [RouterCommand.Create(), CascadeCommand.Create()];
}
