using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Api;
using Sluice.Commands;
using Sluice.Commands.Semantic;
using Sluice.Configuration;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Hosting;
using Sluice.Output;

namespace Sluice.Tests.Commands.Semantic;

public sealed class SemanticCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-semantic-tests-");
    private readonly string _pairs;

    public SemanticCommandTests()
    {
        _pairs = Path.Combine(_folder.FullName, "pairs.jsonl");
        string[] things = ["piano", "bicycle", "garden", "computer", "kitchen", "engine", "camera", "window", "guitar", "garage"];
        var random = new Random(3);
        string Thing() => things[random.Next(things.Length)] + random.Next(1000).ToString(CultureInfo.InvariantCulture);
        File.WriteAllLines(_pairs, Enumerable.Range(0, 600).Select(i =>
        {
            var (thing, isSame) = (Thing(), i % 2 == 0);
            return JsonSerializer.Serialize(new { a = $"How do I clean the {thing} quickly?", b = isSame ? $"How can I clean the {thing} quickly" : $"Why is my {Thing()} so very expensive to keep?", dup = isSame ? 1 : 0 });
        }));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void EvalPrintsAucRecallsAndTheThresholdForPeopleAndPrograms()
    {
        var (code, output) = Run("semantic", "eval", _pairs, "--no-verifier", "--format", "json");
        Assert.Equal(0, code);
        var rows = JsonDocument.Parse(output).RootElement;
        Assert.InRange(rows[0].GetProperty("auc").GetDouble(), 0.99, 1);
        Assert.Equal((600, 300), (rows[0].GetProperty("pairs").GetInt32(), rows[0].GetProperty("duplicates").GetInt32()));
        Assert.Contains("600 pairs, 300 of them duplicates", Run("semantic", "eval", _pairs, "--no-verifier").Output, StringComparison.Ordinal);
        Assert.StartsWith("decided_by,pairs,duplicates,auc,", Run("semantic", "eval", _pairs, "--no-verifier", "--format", "csv").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainWritesTheSameCalibratedModelEachTimeAndSaysWhenNothingIsProven()
    {
        var model = Path.Combine(_folder.FullName, "semantic.model");
        var (code, output) = Run("semantic", "train", _pairs, "--out", model, "--no-verifier", "--precision", "0.95");
        Assert.Equal(0, code);
        Assert.Contains("threshold", output, StringComparison.Ordinal);
        var first = new SemanticModels().Of(new SemanticRecallOptions { ModelFile = model });
        Assert.InRange(first.Calibration!.PrecisionLow, 0.95, 1);
        Run("semantic", "train", _pairs, "--out", model, "--no-verifier", "--precision", "0.95");
        Assert.Equal(first.Calibration, SemanticModelFile.Read(model).Calibration);

        (code, output) = Run("semantic", "train", _pairs, "--out", model, "--no-verifier", "--precision", "0.9999");
        Assert.Equal(1, code);
        Assert.Contains("label more pairs", output, StringComparison.Ordinal);
        Assert.Null(SemanticModelFile.Read(model).Calibration);
    }

    [Fact]
    public void AModelIsReadOnceWhileItsFileStaysWhatItIs()
    {
        var model = Path.Combine(_folder.FullName, "semantic.model");
        SemanticModelFile.Write(model, SemanticModel.Untrained);
        var (models, options) = (new SemanticModels(), new SemanticRecallOptions { ModelFile = model });
        var first = models.Of(options);
        Assert.Same(first, models.Of(options));
        File.SetLastWriteTimeUtc(model, DateTime.UnixEpoch);
        Assert.NotSame(first, models.Of(options));
        File.WriteAllText(model, "no model");
        var error = Assert.Throws<ConfigurationException>(() => models.Of(options)).Message;
        Assert.Contains("sluice semantic train", error, StringComparison.Ordinal);
    }

    [Fact]
    public void StatusShowsAnIntervalWhereSomethingWasMeasured()
    {
        var answer = new SemanticAnswer([new("hashed", null, true, 0.01, "hits", "text", 2, 3, 4, [new("sk-1", 100, 40, 20, 1, 0.009, 0.236, 3, 0.8, "serving"), new("sk-2", 1, 0, 0, 0, 0, 1, 0, null, "waiting")])]);
        var (people, programs) = (new StringWriter(), new StringWriter());
        StatusCommand.Table(answer, forPeople: true).Write(people, OutputFormat.Csv);
        StatusCommand.Table(answer, forPeople: false).Write(programs, OutputFormat.Csv);
        Assert.Contains("sk-1,100,40,20,1,0.9 to 23.6 %,3,serving", people.ToString(), StringComparison.Ordinal);
        Assert.Contains("sk-2,1,0,0,0,,0,waiting", people.ToString(), StringComparison.Ordinal);
        Assert.Contains("hashed,sk-1,100,40,20,1,0.009,0.236,3,0.8,serving", programs.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("semantic", "eval")]
    [InlineData("semantic", "train", "x")]
    [InlineData("semantic", "eval", "x", "--folds", "1")]
    [InlineData("semantic", "train", "x", "--out", "y", "--precision", "1")]
    [InlineData("semantic", "train", "x", "--out", "y", "--embedder", "us.amazon.nova-pro-v1:0")]
    [InlineData("semantic", "train", "x", "--out", "y", "--url", "nowhere")]
    public void WrongUsageIsAnErrorOfTheCommandLine(params string[] arguments) => Assert.NotEmpty(Root().Parse(arguments).Errors);

    [Fact]
    public void ABadLineIsNamed()
    {
        File.AppendAllLines(_pairs, ["{\"a\": \"x\"}"]);
        Assert.StartsWith($"{_pairs}:601", Assert.Throws<CouldNotRunException>(() => Run("semantic", "eval", _pairs)).Message, StringComparison.Ordinal);
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = Root().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        return (code, output.ToString());
    }

    private static RootCommand Root() => [SemanticCommand.Create()];
}
