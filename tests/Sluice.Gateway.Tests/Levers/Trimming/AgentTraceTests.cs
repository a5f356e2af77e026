using Sluice.Gateway.Levers.Trimming;

namespace Sluice.Gateway.Tests.Levers.Trimming;

/// <summary>Recorded inputs of two agents: prompts, programs and what commands printed, and conversations with tool calls in JSON.</summary>
public sealed class AgentTraceTests(O200kTokenizer tokenizer, ITestOutputHelper output)
{
    [Theory]
    [InlineData("miniswe")]
    [InlineData("taubench")]
    public void NothingInThemIsDataBeyondDoubt(string agent) =>
        Assert.All(Inputs(agent), input => Assert.Same(input, TextTrimmer.TrimProvable(input, TrimOptions.Default).Text));

    [Theory]
    [InlineData("miniswe")]
    [InlineData("taubench")]
    public async Task NeverGrowEvenWhereAllOfThemIsMarkedAsData(string agent)
    {
        var changed = Inputs(agent).Select(input => (Before: input, After: TextTrimmer.Trim(input, TrimOptions.Default).Text)).Where(pair => pair.Before != pair.After).ToList();
        var counts = await tokenizer.CountAsync(changed.SelectMany(pair => new[] { pair.Before, pair.After }));
        output.WriteLine($"{agent}: {changed.Count} inputs changed, {counts.Where((_, i) => i % 2 == 0).Sum()} -> {counts.Where((_, i) => i % 2 == 1).Sum()} tokens");
        Assert.All(counts.Chunk(2), pair => Assert.True(pair[1] <= pair[0]));
    }

    /// <summary>In the software agent's inputs all but the task's own prose is code or a command's output; there only blank lines may go, and only between sentences.</summary>
    [Fact]
    public void CodeInThemStaysAsItWas()
    {
        foreach (var input in Inputs("miniswe"))
        {
            var edits = TextTrimmer.Trim(input, TrimOptions.Default).Edits;
            Assert.All(edits, edit => Assert.Equal(TrimKinds.Whitespace, edit.Kind));
            Assert.All(edits, edit => Assert.True(string.IsNullOrWhiteSpace(input.Substring(edit.Start, edit.Length)) && edit.Replacement == "\n"));
            Assert.All(edits, edit => Assert.True(input.IndexOf("</pr_description>", StringComparison.Ordinal) >= edit.Start, "an edit behind the task's description"));
        }
    }

    private static IEnumerable<string> Inputs(string agent) => SharedLines.Of($"data/traces/lmcache_agent_{agent}.jsonl.gz").Select(line => line.Text("input"));
}
