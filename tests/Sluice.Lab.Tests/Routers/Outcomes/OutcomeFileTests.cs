using Sluice.Lab.Replays.Traces;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Tests.Routers.Outcomes;

public sealed class OutcomeFileTests : IDisposable
{
    private const string Good = """{"id": "1", "prompt": "p", "other": [1], "outcomes": {"b": {"score": 1, "cost_usd": "0.5", "text": "t", "more": null}, "a": {"score": 0.25}}}""";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void WhatIsNotThereIsNotKnown()
    {
        var table = Read(Good, """{"id": "2", "prompt": "q", "task": "t", "outcomes": {"c": {"score": 0, "cost_usd": 0.1}}}""");
        Assert.Equal(["a", "b", "c"], table.Models);
        Assert.Equal([0.25, double.NaN], table.Scores[0]);
        Assert.Equal([0.5, double.NaN], table.CostsUsd[1]);
        Assert.Equal((string?[])["t", null], table.Answers[1].AsEnumerable());
        Assert.Equal((string?[])[null, "t"], table.Tasks.AsEnumerable());
        Assert.Equal([0], table.LinesWith(0, 1));
    }

    [Theory]
    [InlineData("""{"prompt": "p", "outcomes": {"a": {"score": 1}}}""", "`id` is missing")]
    [InlineData("""{"id": "1", "prompt": "p", "outcomes": {"a": {"score": 1}}}""", "stood on an earlier line")]
    [InlineData("""{"id": "2", "prompt": 5, "outcomes": {"a": {"score": 1}}}""", "`prompt` is not a text")]
    [InlineData("""{"id": "2", "prompt": "p", "outcomes": {}}""", "`outcomes` is not an object")]
    [InlineData("""{"id": "2", "prompt": "p", "task": 7, "outcomes": {"a": {"score": 1}}}""", "`task` is not a text")]
    [InlineData("""{"id": "2", "prompt": "p", "outcomes": {"a": {"score": 1.5}}}""", "`score` is 1.5; it should be from 0 to 1")]
    [InlineData("""{"id": "2", "prompt": "p", "outcomes": {"a": {"score": "1"}}}""", "`score` is not a number")]
    [InlineData("""{"id": "2", "prompt": "p", "outcomes": {"a": {}}}""", "`score` is not a number")]
    [InlineData("""{"id": "2", "prompt": "p", "outcomes": {"a": 1}}""", "`a` is not an object")]
    [InlineData("""{"id": "2", "prompt": "p", "outcomes": {"a": {"score": 1, "cost_usd": -1}}}""", "`cost_usd` is not an amount")]
    [InlineData("""{"id": "2", "prompt": "p", "outcomes": {"a": {"score": 1, "text": 1}}}""", "`text` is not a text")]
    [InlineData("""[1]""", "not a JSON object")]
    [InlineData("""{"id": """, "not JSON")]
    public void WhatIsWrongIsNamedByFileAndLine(string line, string problem)
    {
        var error = Assert.Throws<TraceException>(() => Read(Good, line)).Message;
        Assert.StartsWith($"{_file}:2: ", error, StringComparison.Ordinal);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEmptyFileIsCalledSo() => Assert.Contains("there is no line", Assert.Throws<TraceException>(() => Read()).Message, StringComparison.Ordinal);

    private OutcomeTable Read(params string[] lines)
    {
        File.WriteAllLines(_file, lines);
        return OutcomeFile.Read(_file);
    }
}
