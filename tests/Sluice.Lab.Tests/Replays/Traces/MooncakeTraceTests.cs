using Sluice.Gateway.Levers.Marking;
using Sluice.Lab.Replays.Traces;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Replays.Traces;

public sealed class MooncakeTraceTests
{
    private const string Good = """{"timestamp": 3000, "input_length": 700, "output_length": 5, "hash_ids": [0, 7]}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadsPlainAndCompressedLines(bool isGzip)
    {
        using var file = new TraceFile(Good + "\n\n" + Good, isGzip);

        var requests = MooncakeTrace.Read(file.Path).ToList();
        Assert.Equal(2, requests.Count);
        Assert.Equal((3.0, 700, 5), ((requests[0].At - DateTimeOffset.UnixEpoch).TotalSeconds, requests[0].InputTokens, requests[0].OutputTokens));
        Assert.Equal([new PromptSpan(0, 512), new PromptSpan(7, 700)], requests[0].Spans);
    }

    [Theory]
    [InlineData("""{"timestamp": 1, "input_length": 700""", "not JSON")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("""{"timestamp": 1, "output_length": 5, "hash_ids": [0]}""", "`input_length` is missing")]
    [InlineData("""{"timestamp": -1, "input_length": 1, "output_length": 5, "hash_ids": [0]}""", "`timestamp` is not a whole number")]
    [InlineData("""{"timestamp": 1, "input_length": 1, "output_length": 5, "hash_ids": ["a"]}""", "`hash_ids` is not a list of whole numbers")]
    [InlineData("""{"timestamp": 1, "input_length": 2000, "output_length": 5, "hash_ids": [0]}""", "`hash_ids` is not a list of one id for each 512")]
    [InlineData("""{"timestamp": 1, "input_length": 2147483647, "output_length": 5, "hash_ids": [0]}""", "`hash_ids` is not a list of one id for each 512")]
    public void NamesFileAndLineOfWhatIsWrong(string line, string problem)
    {
        using var file = new TraceFile(Good + "\n" + line + "\n");

        var error = Assert.Throws<TraceException>(() => MooncakeTrace.Read(file.Path).Count());
        Assert.StartsWith($"{file.Path}:2: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesTheLineWhereACompressedFileIsDamaged()
    {
        using var file = new TraceFile(string.Concat(Enumerable.Repeat(Good + "\n", 10_000)), isGzip: true);
        var bytes = File.ReadAllBytes(file.Path);
        bytes.AsSpan(bytes.Length / 2, 8).Fill(0xff);
        File.WriteAllBytes(file.Path, bytes);

        Assert.InRange(Assert.Throws<TraceException>(() => MooncakeTrace.Read(file.Path).Count()).Line, 1, 10_000);
    }

    [Fact]
    public void ReadsTheRecordedTrace()
    {
        // Rows and mean lengths as published in the trace's table.
        var requests = MooncakeTrace.Read(SharedFolder.Path("data/traces/mooncake_conversation_trace.jsonl.gz")).ToList();

        Assert.Equal(12_031, requests.Count);
        Assert.Equal(12_035, requests.Average(request => request.InputTokens), tolerance: 1);
        Assert.Equal(343, requests.Average(request => request.OutputTokens), tolerance: 1);
    }
}
