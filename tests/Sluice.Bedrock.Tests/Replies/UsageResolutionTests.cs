using System.Text;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Bedrock.Tests.Replies;

/// <summary>Which source counts where body, metrics and headers speak of the same call.</summary>
public sealed class UsageResolutionTests
{
    private static readonly RequestFacts Facts = new() { Dialect = Dialect.Anthropic, EstimatedInputTokens = 40 };

    [Fact]
    public void TheBodyComesBeforeTheMetricsAndTheMetricsBeforeTheHeaders()
    {
        var headers = new ReportedCounts(300, null, 30, 31, 32);
        Assert.Equal(1, Resolve("""{"usage":{"input_tokens":1,"output_tokens":2},"amazon-bedrock-invocationMetrics":{"inputTokenCount":10,"outputTokenCount":11}}""", headers).Input);
        Assert.Equal(10, Resolve("""{"amazon-bedrock-invocationMetrics":{"inputTokenCount":10,"outputTokenCount":11}}""", headers).Input);
        Assert.Equal(new Usage { Input = 300, CacheRead = 30, CacheWrite5m = 31, Output = 32 }, Resolve("{}", headers));
    }

    [Fact]
    public void EachCountIsTakenFromTheFirstSourceThatHasIt()
    {
        var usage = Resolve(
            """{"usage":{"input_tokens":1},"amazon-bedrock-invocationMetrics":{"outputTokenCount":11}}""", new(null, null, 30, null, 99));
        Assert.Equal(new Usage { Input = 1, CacheRead = 30, Output = 11 }, usage);
    }

    [Fact]
    public void ABodyThatDidNotEndIsAskedLast()
    {
        var usage = Resolve("""{"usage":{"input_tokens":1,"output_tokens":2""", new(10, null, 20, 0, 30), bodyIsFinal: false);
        Assert.Equal(new Usage { Input = 10, CacheRead = 20, Output = 30 }, usage);
    }

    [Fact]
    public void ATotalThatKnowsNothingOfTheCacheGivesWayToASourceThatDoes()
    {
        // 100 prompt tokens with 80 cached inside, of which the body does not tell.
        const string Body = """{"usage":{"prompt_tokens":100,"completion_tokens":5}}""";
        Assert.Equal(new Usage { Input = 20, CacheRead = 80, Output = 5 }, Resolve(Body, new(20, null, 80, 0, 5)));
        Assert.Equal(new Usage { Input = 20, CacheRead = 80, Output = 5 }, Resolve(Body, new(null, null, 80, null, null)));
    }

    [Fact]
    public void ATotalIsNotAddedToTheCachePartsInsideIt()
    {
        const string Body = """{"usage":{"prompt_tokens":100,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":80}}}""";
        Assert.Equal(new Usage { Input = 20, CacheRead = 80, Output = 5 }, Resolve(Body, new(100, null, 80, 0, 5)));
    }

    [Fact]
    public void TheSplitOfTheBodyHoldsForTheTotalOfAnotherSource()
    {
        var usage = Resolve(
            """{"usage":{"input_tokens":1,"output_tokens":2,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":900}}}""",
            new(1, null, 0, 900, 2));
        Assert.Equal((0, 900), (usage.CacheWrite5m, usage.CacheWrite1h));
    }

    [Theory]
    [InlineData(CacheLifetimes.None, 900, 0, UsageSource.Measured)]
    [InlineData(CacheLifetimes.FiveMinutes, 900, 0, UsageSource.Measured)]
    [InlineData(CacheLifetimes.OneHour, 0, 900, UsageSource.Measured)]
    [InlineData(CacheLifetimes.FiveMinutes | CacheLifetimes.OneHour, 0, 900, UsageSource.Estimated)]
    public void WritesWithoutASplitGoByWhatTheRequestAskedFor(CacheLifetimes asked, long write5m, long write1h, UsageSource source)
    {
        var usage = Resolve(
            """{"usage":{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":900}}""", default, Facts with { CacheLifetimes = asked });
        Assert.Equal((write5m, write1h, source), (usage.CacheWrite5m, usage.CacheWrite1h, usage.Source));
    }

    [Fact]
    public void WritesThatTheSplitDoesNotCoverAreNotLost()
    {
        var usage = Resolve(
            """{"usage":{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":900,"cache_creation":{"ephemeral_1h_input_tokens":500}}}""", default);
        Assert.Equal((400, 500), (usage.CacheWrite5m, usage.CacheWrite1h));
    }

    [Fact]
    public void WhatNobodyReportsIsEstimated()
    {
        Assert.Equal(new Usage { Input = 40, Output = 2, Source = UsageSource.Estimated }, Resolve("""{"content":[{"text":"12345678"}]}""", default));
        Assert.Equal(new Usage { Input = 7, Output = 2, Source = UsageSource.Estimated }, Resolve("""{"content":[{"text":"12345678"}],"usage":{"input_tokens":7}}""", default));
    }

    private static Usage Resolve(string body, ReportedCounts headers, RequestFacts? facts = null, bool bodyIsFinal = true)
    {
        var fields = new ReplyFields();
        new JsonScanner(ReplyTrees.Of(Dialect.Anthropic), fields).Append(Encoding.UTF8.GetBytes(body));
        fields.EndDocument();
        return new UsageResolution(fields, headers, facts ?? Facts, bodyIsFinal, hasGaps: false).Resolve(Billing.Tokens)!;
    }
}
