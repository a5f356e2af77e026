using System.Net;
using System.Text.Json.Nodes;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Dialects;

public sealed class ConverseTests
{
    private const string Tools = """
        "toolConfig":{"tools":[{"toolSpec":{"name":"first","inputSchema":{"json":{"type":"object"}}}},
        {"toolSpec":{"name":"lookup","inputSchema":{"json":{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}}}}],"toolChoice":{"tool":{"name":"lookup"}}}
        """;

    [Fact]
    public async Task AnswersWithTheFieldsOfARealReplyInTheirOrder()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var json = (await bedrock.ConverseAsync(Nova, Ask("Hello there"))).Json;
        Assert.Equal(["metrics", "output", "stopReason", "usage"], json.AsObject().Select(field => field.Key));
        // Seen in a raw reply of Claude in public code: each cache count comes under two names, and as 0 too.
        Assert.Equal(["cacheReadInputTokenCount", "cacheReadInputTokens", "cacheWriteInputTokenCount", "cacheWriteInputTokens", "inputTokens", "outputTokens", "totalTokens"], json["usage"]!.AsObject().Select(field => field.Key));
        var llama = (await bedrock.ConverseAsync("meta.llama3-70b-instruct-v1:0", Ask("Hello there"))).Json;
        Assert.Equal(["inputTokens", "outputTokens", "totalTokens"], llama["usage"]!.AsObject().Select(field => field.Key));
    }

    [Fact]
    public async Task StreamsTheSameTextAndSendsUsageAfterTheStop()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var plain = (await bedrock.ConverseAsync(Nova, Ask("Hello there"))).Json;
        var events = await bedrock.ConverseStreamAsync(Nova, Ask("Hello there"));
        Assert.Equal("messageStart", events[0].Name);
        Assert.Equal(["contentBlockStop", "messageStop", "metadata"], events.TakeLast(3).Select(e => e.Name));
        Assert.Equal(plain["output"]!["message"]!["content"]![0]!["text"]!.GetValue<string>(),
            string.Concat(events.Where(e => e.Name == "contentBlockDelta").Select(e => e.Json["delta"]!["text"]!.GetValue<string>())));
        Assert.Equal(plain["usage"]!.ToJsonString(), events[^1].Json["usage"]!.ToJsonString());
    }

    [Fact]
    public async Task PadsEveryEventWithASliceOfTheAlphabet()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var events = await bedrock.ConverseStreamAsync(Nova, Ask("Hello there"));
        Assert.All(events, e => Assert.StartsWith(e.Json["p"]!.GetValue<string>(), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", StringComparison.Ordinal));
        Assert.All(events, e => Assert.Equal("p", e.Json.AsObject().Last().Key));
        Assert.True(events.Select(e => e.Json["p"]!.GetValue<string>().Length).Distinct().Count() > 3);
    }

    [Fact]
    public async Task CallsTheToolThatIsForced()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var body = $$$"""{"messages":[{"role":"user","content":[{"text":"Look it up"}]}],{{{Tools}}}}""";
        var json = (await bedrock.ConverseAsync(Sonnet, body)).Json;
        Assert.Equal("tool_use", json["stopReason"]!.GetValue<string>());
        var use = json["output"]!["message"]!["content"]![0]!["toolUse"]!;
        Assert.Equal("lookup", use["name"]!.GetValue<string>());
        Assert.NotEqual("", use["input"]!["city"]!.GetValue<string>());
        Assert.StartsWith("tooluse_", use["toolUseId"]!.GetValue<string>(), StringComparison.Ordinal);

        var events = await bedrock.ConverseStreamAsync(Sonnet, body);
        Assert.Equal(["messageStart", "contentBlockStart"], events.Take(2).Select(e => e.Name));
        var input = string.Concat(events.Where(e => e.Name == "contentBlockDelta").Select(e => e.Json["delta"]!["toolUse"]!["input"]!.GetValue<string>()));
        Assert.Equal(use["input"]!.ToJsonString(), JsonNode.Parse(input)!.ToJsonString());
    }

    [Fact]
    public async Task ThinksAloudFirstWhereAskedTo()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var body = """{"messages":[{"role":"user","content":[{"text":"Think"}]}],"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}}}""";
        var content = (await bedrock.ConverseAsync(Sonnet, body)).Json["output"]!["message"]!["content"]!;
        Assert.NotEqual("", content[0]!["reasoningContent"]!["reasoningText"]!["text"]!.GetValue<string>());
        Assert.NotNull(content[1]!["text"]);
        var events = await bedrock.ConverseStreamAsync(Sonnet, body);
        Assert.Contains(events, e => e.Json["delta"]?["reasoningContent"]?["signature"] is not null);
        Assert.Equal([0, 1], events.Where(e => e.Name == "contentBlockStop").Select(e => e.Json["contentBlockIndex"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("{}", "A conversation must start with a user message.")]
    [InlineData("""{"messages":[]}""", "A conversation must start with a user message.")]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"text":"x"}]}]}""", "A conversation must start with a user message.")]
    [InlineData("""{"messages":[{"role":"user","content":[]}]}""", "The content field in the Message object at messages.0 is empty.")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":""}]}]}""", "The text field in the ContentBlock object at messages.0.content.0 is blank.")]
    [InlineData("""{"messages":[{"role":"robot","content":[{"text":"x"}]}]}""", "Value 'robot' at 'messages.1.member.role'")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]}],"inferenceConfig":{"maxTokens":0}}""", "Value '0' at 'inferenceConfig.maxTokens'")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]}],"inferenceConfig":{"maxTokens":10001}}""", "The maximum tokens you requested exceeds the model limit of 10000.")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"},{"cachePoint":{"type":"default","ttl":"2h"}}]}]}""", "'cachePoint.ttl'")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]}],"serviceTier":{"type":"cheap"}}""", "Value 'cheap'")]
    [InlineData("""{"messages":"x"}""", "#/messages: expected type: JSONArray")]
    public async Task RefusesWhatAwsWouldRefuse(string body, string says)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var (name, message) = (await bedrock.ConverseAsync(Nova, body)).Error;
        Assert.Equal("ValidationException", name);
        Assert.Contains(says, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic.no-such-model", HttpStatusCode.NotFound, "ResourceNotFoundException", "Could not resolve the foundation model from the provided model identifier.")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/unknown", HttpStatusCode.NotFound, "ResourceNotFoundException", "Could not resolve the foundation model from the provided model identifier.")]
    [InlineData("sonnet", HttpStatusCode.BadRequest, "ValidationException", "The provided model identifier is invalid.")]
    [InlineData("acme.model", HttpStatusCode.BadRequest, "ValidationException", "The provided model identifier is invalid.")]
    public async Task RefusesAModelThatThereIsNot(string model, HttpStatusCode status, string name, string message)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.ConverseAsync(model, Ask("Hi"));
        Assert.Equal((status, (name, message)), (answer.Status, answer.Error));
        Assert.Equal(model, (await bedrock.LastLoggedAsync()).Model);
    }

    [Fact]
    public async Task EchoesTierAndLatency()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        const string Body = """{"messages":[{"role":"user","content":[{"text":"x"}]}],"serviceTier":{"type":"flex"},"performanceConfig":{"latency":"optimized"}}""";
        var answer = await bedrock.ConverseAsync(Nova, Body);
        Assert.Equal(("flex", "optimized"), (answer.Json["serviceTier"]!["type"]!.GetValue<string>(), answer.Json["performanceConfig"]!["latency"]!.GetValue<string>()));
        Assert.Equal("flex", answer.Headers["x-amzn-bedrock-service-tier"]);
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal(("flex", true), (logged.Tier, logged.LatencyOptimized));
    }

    [Fact]
    public async Task APromptRouterNamesTheModelThatItChoseAndBillsIt()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        const string Router = "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1";
        var cheap = await bedrock.ConverseAsync(Router, Ask("Hi"));
        Assert.EndsWith("us.anthropic.claude-3-haiku-20240307-v1:0", cheap.Json["trace"]!["promptRouter"]!["invokedModelId"]!.GetValue<string>(), StringComparison.Ordinal);
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal(("anthropic.claude-3-haiku-20240307-v1:0", 1m), (logged.BaseModel, logged.Units["router_request"]));
        await bedrock.ConverseAsync(Router, Ask(Words(2_000)));
        Assert.Equal("anthropic.claude-3-5-sonnet-20240620-v1:0", (await bedrock.LastLoggedAsync()).BaseModel);
    }

    [Fact]
    public async Task AGuardrailBlocksBeforeTheModelIsChargedFor()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        const string Guard = ""","guardrailConfig":{"guardrailIdentifier":"g1","guardrailVersion":"1","trace":"enabled"}}""";
        var blocked = (await bedrock.ConverseAsync(Nova, """{"messages":[{"role":"user","content":[{"text":"sluice-blocked-phrase"}]}]""" + Guard)).Json;
        Assert.Equal("guardrail_intervened", blocked["stopReason"]!.GetValue<string>());
        Assert.Equal(0, blocked["usage"]!["totalTokens"]!.GetValue<int>());
        Assert.Equal(1, blocked["trace"]!["guardrail"]!["inputAssessment"]!["g1"]!["invocationMetrics"]!["usage"]!["contentPolicyUnits"]!.GetValue<int>());
        Assert.Equal(1m, (await bedrock.LastLoggedAsync()).Units["guardrail_content_unit"]);

        var passed = (await bedrock.ConverseAsync(Nova, """{"messages":[{"role":"user","content":[{"text":"Hello"}]}]""" + Guard)).Json;
        Assert.NotNull(passed["trace"]!["guardrail"]!["outputAssessments"]!["g1"]);
        Assert.Equal(2m, (await bedrock.LastLoggedAsync()).Units["guardrail_topic_unit"]);
        var quiet = await bedrock.InvokeAsync(Nova, """{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""", ("X-Amzn-Bedrock-GuardrailIdentifier", "g1"));
        Assert.Equal("NONE", quiet.Json["amazon-bedrock-guardrailAction"]!.GetValue<string>());
    }
}
