using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Simulator.Replies;
using Sluice.Testing;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Replies;

public sealed class RecordingsTests
{
    private const string Line = """{"prompt":"Why \"so\"?","outputs":{"amazon.nova-lite-v1:0":"Because it is."}}""";

    private static async Task<string> FileAsync(string content, bool gzip = false)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sluice-recordings").FullName, "recordings.jsonl");
        await using Stream file = gzip ? new GZipStream(File.Create(path), CompressionLevel.Fastest) : File.Create(path);
        await file.WriteAsync(Encoding.UTF8.GetBytes(content));
        return path;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnswersTheExactPromptOfAModelWithWhatWasRecorded(bool gzip)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { RecordingsPath = await FileAsync(Line + "\n\n", gzip) });
        static string TextOf(Answer answer) => answer.Json["output"]!["message"]!["content"]![0]!["text"]!.GetValue<string>();
        Assert.Equal("Because it is.", TextOf(await bedrock.ConverseAsync(Nova, Ask("Why \"so\"?"))));
        Assert.NotEqual("Because it is.", TextOf(await bedrock.ConverseAsync(Nova, Ask("Why so?"))));
        Assert.NotEqual("Because it is.", TextOf(await bedrock.ConverseAsync("amazon.nova-pro-v1:0", Ask("Why \"so\"?"))));
        Assert.Equal("Because it", TextOf(await bedrock.ConverseAsync(Nova, Ask("Why \"so\"?", maxTokens: 2))));
    }

    [Theory]
    [InlineData("{oops", "line 2")]
    [InlineData("""{"outputs":{}}""", "has no \"prompt\"")]
    [InlineData("""{"prompt":"x"}""", "has no \"outputs\"")]
    [InlineData("[]", "isn't a JSON object")]
    public async Task NamesTheFileTheLineAndTheFixOfWhatItCannotRead(string line, string says)
    {
        var path = await FileAsync(Line + "\n" + line);
        var e = Assert.Throws<SimulatorStartException>(() => Recordings.Read(path));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        Assert.Contains("line 2", e.Message, StringComparison.Ordinal);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Contains("\"prompt\":\"...\"", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SaysWhichFileIsMissing() =>
        Assert.Contains("/no/such/file.jsonl", Assert.Throws<SimulatorStartException>(() => Recordings.Read("/no/such/file.jsonl")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task ReadsTheRecordedAnswersOfRealModels()
    {
        var path = SharedFolder.Path("data/recorded/alpaca_eval.dev.jsonl.gz");
        Assert.Equal(528, Recordings.Read(path).Count);
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { RecordingsPath = path });
        var answer = await bedrock.ConverseAsync("anthropic.claude-3-opus-20240229-v1:0", Ask("How did US states get their names?"));
        Assert.StartsWith("US states got their names from various sources", answer.Json["output"]!["message"]!["content"]![0]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
