using Sluice.Core.Metering.Estimating;

namespace Sluice.Gateway.Tests.Levers.Trimming;

/// <summary>The estimator of Core against exact counts; it is here because the tokenizer is.</summary>
public sealed class TokenEstimateTests(O200kTokenizer tokenizer, ITestOutputHelper output)
{
    /// <summary>None of these answers was used to fit the weights.</summary>
    [Fact]
    public async Task NineOfTenAnswersOfModelsLieWithinTheStatedError() => await AssertNineOfTenAsync(
        "answers", SharedLines.Of("data/recorded/alpaca_eval.dev.jsonl.gz").SelectMany(line => line.GetProperty("outputs").EnumerateObject().Select(o => o.Value.GetString()!)).Where((text, i) => i % 5 == 0 && text.Length >= 200));

    [Theory]
    [InlineData("miniswe")]
    [InlineData("taubench")]
    public async Task NineOfTenInputsOfAgentsLieWithinTheStatedError(string agent) =>
        await AssertNineOfTenAsync(agent, SharedLines.Of($"data/traces/lmcache_agent_{agent}.jsonl.gz").Select(line => line.Text("input")).Where((text, i) => i % 3 == 0 && text.Length >= 200));

    /// <summary>What trimming saves is told from two estimates; their errors must not eat it up.</summary>
    [Fact]
    public async Task TheSavingByEstimatesIsTheSavingByCounts()
    {
        var texts = SharedLines.Of("data/htmltables/wikitables.jsonl.gz").Select(line => line.Text("table_html"))
            .SelectMany(html => new[] { html, Sluice.Gateway.Levers.Trimming.TextTrimmer.TrimProvable(html, new()).Text }).ToList();
        var counts = await tokenizer.CountAsync(texts);
        var estimates = texts.ConvertAll(text => TokenEstimator.Estimate(text).Tokens);
        var (counted, estimated) = (Saving(counts.Select(c => (long)c)), Saving(estimates));
        output.WriteLine($"saving by counts {counted:0.0000}, by estimates {estimated:0.0000}");
        Assert.Equal(counted, estimated, 0.01);

        static double Saving(IEnumerable<long> tokens) => 1 - ((double)tokens.Where((_, i) => i % 2 == 1).Sum() / tokens.Where((_, i) => i % 2 == 0).Sum());
    }

    private async Task AssertNineOfTenAsync(string what, IEnumerable<string> source)
    {
        var texts = source.ToList();
        var counts = await tokenizer.CountAsync(texts);
        var pairs = texts.Select((text, i) => (Estimate: TokenEstimator.Estimate(text), True: counts[i])).ToList();
        var relative = pairs.ConvertAll(pair => ((double)pair.Estimate.Tokens / pair.True) - 1);
        var within = pairs.Count(pair => pair.True >= pair.Estimate.Low && pair.True <= pair.Estimate.High);
        output.WriteLine($"{what}: {pairs.Count} texts, bias {relative.Average():+0.0 %;-0.0 %}, mean error {relative.Average(Math.Abs):0.0 %}, nine of ten within {relative.Select(Math.Abs).Order().ElementAt(pairs.Count * 9 / 10):0.0 %}, {within} within the stated error");
        Assert.True(within >= 0.9 * pairs.Count, $"{within} of {pairs.Count}");
    }
}
