using Sluice.Core;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Placing;

/// <summary>Prices are those of the shipped book.</summary>
public sealed class PlaceLeverTests
{
    private const string Sonnet = "anthropic.claude-sonnet-4-5-20250929-v1%3A0";
    private const string NovaPro = "amazon.nova-pro-v1%3A0";
    private const string NovaBody = """{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""";

    private static readonly PlaceOptions Anywhere = new() { AnyRegion = true };
    private static readonly PlaceOptions Flex = new() { Tier = ServiceTier.Flex };

    [Theory]
    [InlineData("us.", "us-east-1")]
    [InlineData("eu.", "eu-west-1")]
    [InlineData("", "us-east-1")]
    [InlineData("", "eu-central-1")]
    public async Task GlobalSavesExactlyOneEleventhOnClaudeSonnet45(string profile, string region)
    {
        using var gateway = Gateway(Anywhere);
        var record = (await gateway.CallAsync(Converse(path: $"/model/{profile}{Sonnet}/converse") with { Region = region })).Record;

        Assert.Equal($"/model/global.{Sonnet}/converse", Assert.Single(gateway.Upstream.Arrivals).Target);
        Assert.Equal(Canned.ConverseCost, record.Cost.ToString());
        var saving = record.Decisions.Single().Saving!.Value;
        Assert.Equal(record.Baseline!.Value.Usd, saving.Usd * 11);
        Assert.Equal(record.Baseline - record.Cost, saving);
        Assert.False(record.Decisions.Single().IsEstimated);
        Assert.Equal((profile + Sonnet).Replace("%3A", ":", StringComparison.Ordinal), record.RequestedModel);
        Assert.Equal(Scope.Global, record.Scope);
    }

    [Theory]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1%3A0", "us-east-1", false)]
    [InlineData("global.anthropic.claude-sonnet-4-5-20250929-v1%3A0", "us-east-1", true)]
    [InlineData("us-gov.anthropic.claude-sonnet-4-5-20250929-v1%3A0", "us-gov-west-1", true)]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1%3A0", "us-gov-west-1", true)]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1%3A0", "cn-north-1", true)]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1%3A0", "us-iso-east-1", true)]
    [InlineData("anthropic.claude-3-haiku-20240307-v1%3A0", "us-east-1", true)]
    [InlineData("us.amazon.nova-pro-v1%3A0", "us-east-1", true)]
    [InlineData("no.such-model-v1%3A0", "us-east-1", true)]
    [InlineData("arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.anthropic.claude-sonnet-4-5-20250929-v1%3A0", "us-east-1", true)]
    [InlineData("arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fanthropic.claude-sonnet-4-5-20250929-v1%3A0", "us-east-1", true)]
    public async Task WhereTheOwnerOrTheModelDoesNotAllowItACallStaysWhereItIs(string model, string region, bool anyRegion)
    {
        using var gateway = Gateway(new PlaceOptions { AnyRegion = anyRegion });
        var answer = await gateway.CallAsync(Converse(path: $"/model/{model}/converse") with { Region = region });

        Assert.Equal($"/model/{model}/converse", Assert.Single(gateway.Upstream.Arrivals).Target);
        Assert.Empty(answer.Record.Decisions);
    }

    [Fact]
    public async Task TheQueryAndTheOperationStay()
    {
        using var gateway = Gateway(Anywhere);
        await gateway.CallAsync(Converse(path: $"/model/us.{Sonnet}/converse-stream?a=%20b"));

        Assert.Equal($"/model/global.{Sonnet}/converse-stream?a=%20b", Assert.Single(gateway.Upstream.Arrivals).Target);
    }

    [Fact]
    public async Task ConverseAsksForFlexInItsBody()
    {
        using var gateway = Gateway(Flex);
        var record = (await gateway.CallAsync(new Question($"/model/{NovaPro}/converse", NovaBody))).Record;

        Assert.Equal("""{"serviceTier":{"type":"flex"},"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""", Assert.Single(gateway.Upstream.Arrivals).Body);
        Assert.Equal(ServiceTier.Flex, record.Tier);
        Assert.Equal(record.Baseline, record.Cost + record.Cost);
    }

    [Fact]
    public async Task InvokeModelAsksForFlexInAHeader()
    {
        using var gateway = Gateway(Flex);
        gateway.Upstream.Answer = _ => PlayedReply.Whole("""{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":100,"outputTokens":10,"totalTokens":110}}""");
        var record = (await gateway.CallAsync(new Question($"/model/{NovaPro}/invoke", NovaBody))).Record;

        var arrival = Assert.Single(gateway.Upstream.Arrivals);
        Assert.Equal((NovaBody, "flex"), (arrival.Body, arrival.Headers["X-Amzn-Bedrock-Service-Tier"]));
        Assert.Equal(record.Baseline, record.Cost + record.Cost);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("priority")]
    public async Task TheCallersOwnTierStays(string tier)
    {
        using var gateway = Gateway(Flex);
        await gateway.CallAsync(new Question($"/model/{NovaPro}/invoke", NovaBody).With(("X-Amzn-Bedrock-Service-Tier", tier)));
        var body = NovaBody[..^1] + $$""","serviceTier":{"type":"{{tier}}"} }""";
        await gateway.CallAsync(new Question($"/model/{NovaPro}/converse", body));

        Assert.Equal(tier, gateway.Upstream.Arrivals[0].Headers["X-Amzn-Bedrock-Service-Tier"]);
        Assert.Equal(body, gateway.Upstream.Arrivals[1].Body);
    }

    [Fact]
    public async Task ATierOfTheCallersOwnDoesNotKeepTheCallFromMoving()
    {
        using var gateway = Gateway(new PlaceOptions { AnyRegion = true, Tier = ServiceTier.Flex });
        await gateway.CallAsync(Converse(path: $"/model/us.{Sonnet}/converse", more: ""","serviceTier":{"type":"default"}"""));

        Assert.Equal($"/model/global.{Sonnet}/converse", Assert.Single(gateway.Upstream.Arrivals).Target);
    }

    [Fact]
    public async Task AModelWithoutAPriceForTheTierKeepsItsOwn()
    {
        using var gateway = Gateway(Flex);
        var question = Converse(path: $"/model/us.{Sonnet}/converse");
        await gateway.CallAsync(question);

        Assert.Equal(question.Body, Assert.Single(gateway.Upstream.Arrivals).Body);
    }

    [Fact]
    public async Task WhereNobodyWaitsTheLatencyIsNotOptimised()
    {
        using var gateway = Gateway(new PlaceOptions { StandardLatency = true });
        gateway.Upstream.Answer = _ => PlayedReply.Whole("""{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":100,"outputTokens":10,"totalTokens":110}}""");
        var record = (await gateway.CallAsync(new Question($"/model/us.{NovaPro}/invoke", NovaBody).With(("X-Amzn-Bedrock-PerformanceConfig-Latency", "optimized")))).Record;

        Assert.Null(Assert.Single(gateway.Upstream.Arrivals).Headers["X-Amzn-Bedrock-PerformanceConfig-Latency"]);
        // 100 tokens at 0.8 and 10 at 3.2 dollars a million, instead of 1 and 4.
        Assert.Equal((Money.FromUsd(0.000112m), Money.FromUsd(0.00014m)), (record.Cost, record.Baseline));
    }

    private static LeverHarness Gateway(PlaceOptions options) => new(new LeverOptions { Place = options }.With(Lever.Place, LeverMode.On));
}
