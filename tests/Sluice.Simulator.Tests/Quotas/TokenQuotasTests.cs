using System.Net;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Quotas;

/// <summary>Reservation and burndown: bedrock.md, section 2.7.</summary>
public sealed class TokenQuotasTests
{
    [Fact]
    public async Task ReservesTheMostThatACallMayWriteBeforeItRuns()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { TokensPerMinute = 1_000 });
        var refused = await bedrock.ConverseAsync(Nova, Ask("Hello there", maxTokens: 1_000));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.Equal(("ThrottlingException", "Too many tokens, please wait before trying again."), refused.Error);
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Nova, Ask("Hello there", maxTokens: 990))).Status);
        Assert.Equal(SimulatedOutcome.Throttled, bedrock.Host.Log[0].Outcome);
        Assert.False(bedrock.Host.Log[0].Billed);
    }

    [Fact]
    public async Task SettlesAtTheModelsBurndownAndRefillsWithTime()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { TokensPerMinute = 1_000 });
        // Sonnet 4.5 burns five tokens of quota for each of output: 6 in, 100 out, 506 settled.
        var body = Ask("Hello there", maxTokens: 100).Replace("there", "tell me a long story", StringComparison.Ordinal);
        var first = await bedrock.ConverseAsync(Sonnet, body);
        var output = first.Json["usage"]!["outputTokens"]!.GetValue<long>();
        var settled = first.Json["usage"]!["inputTokens"]!.GetValue<long>() + (5 * output);
        var left = 1_000 - settled;
        Assert.Equal(HttpStatusCode.TooManyRequests, (await bedrock.ConverseAsync(Sonnet, Ask("x", maxTokens: (int)left))).Status);
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Sonnet, Ask("x", maxTokens: (int)left - 5))).Status);
        bedrock.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Sonnet, Ask("x", maxTokens: 995))).Status);
    }

    [Fact]
    public async Task LimitsTheRequestsOfEmbeddingModels()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { EmbeddingRequestsPerMinute = 2 });
        const string Body = """{"inputText":"Hello"}""";
        Assert.Equal(HttpStatusCode.OK, (await bedrock.InvokeAsync("amazon.titan-embed-text-v2:0", Body)).Status);
        Assert.Equal(HttpStatusCode.OK, (await bedrock.InvokeAsync("amazon.titan-embed-text-v2:0", Body)).Status);
        Assert.Equal("Too many requests, please wait before trying again.", (await bedrock.InvokeAsync("amazon.titan-embed-text-v2:0", Body)).Error.Message);
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Nova, Ask("Hello"))).Status);
    }
}
