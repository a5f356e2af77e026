using Sluice.Lab.Replays.Traces;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Replays.Traces;

public sealed class AgentTraceTests
{
    [Fact]
    public void APromptThatGoesOnSharesItsBlocksToTheEndOfTheShorter()
    {
        using var file = new TraceFile("""
            {"timestamp": 1760587752017385, "input": "Fix it.\n\n\nThe issue.", "output": "Looking.", "session_id": "a", "session_file": "a"}
            {"timestamp": 1760587753017385, "input": "Fix it.\n\n\nThe issue.\n\nFound: 3", "output": "", "session_id": "a", "session_file": "a"}
            """);

        var requests = AgentTrace.Read(file.Path).ToList();
        Assert.Equal(["a", "a"], requests.Select(request => request.Session));
        Assert.Equal(TimeSpan.FromSeconds(1), requests[1].At - requests[0].At);
        Assert.Equal([2, 5, 8], requests[1].Spans.Select(span => span.CumulativeTokens));
        Assert.Equal(requests[0].Spans, requests[1].Spans[..2]);
        Assert.Equal((5, 2), (requests[0].InputTokens, requests[0].OutputTokens));
    }

    [Fact]
    public void RunsOfTextShareOnlyWholeRuns()
    {
        using var file = new TraceFile("""
            {"timestamp": 1, "input": "abcdefgh-x", "output": "", "session_id": "a"}
            {"timestamp": 2, "input": "abcdefgh-y", "output": "", "session_id": "a"}
            """);

        var requests = AgentTrace.Read(file.Path, blockCharacters: 8).ToList();
        Assert.Equal(requests[0].Spans[0], requests[1].Spans[0]);
        Assert.NotEqual(requests[0].Spans[1], requests[1].Spans[1]);
    }

    [Fact]
    public void NamesTheFieldAndNeverTheText()
    {
        using var file = new TraceFile("""{"timestamp": 1, "input": "my secret", "output": 7, "session_id": "a"}""");

        var error = Assert.Throws<TraceException>(() => AgentTrace.Read(file.Path).Count());
        Assert.Contains(":1: `output` is not a text", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("miniswe", 402)]
    [InlineData("taubench", 471)]
    public void ReadsTheRecordedTraces(string name, int rows)
    {
        var requests = AgentTrace.ReadInOrderOfTime(SharedFolder.Path($"data/traces/lmcache_agent_{name}.jsonl.gz"));

        Assert.Equal(rows, requests.Count);
        Assert.All(requests, request => Assert.Equal(request.InputTokens, request.Spans.IsEmpty ? 0 : request.Spans[^1].CumulativeTokens));
    }
}
