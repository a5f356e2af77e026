using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway.Tests.Harness;
using Sluice.Testing;
using static Sluice.Gateway.Tests.Stages.Budgeting.MemoryBudgets;

namespace Sluice.Gateway.Tests.Stages.Budgeting;

/// <summary>The sum of settled and reserved never passes a hard limit, so no call may be billed more than was held for it.</summary>
public sealed class RequestBoundTests : IDisposable
{
    private const string Sonnet = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/";

    private readonly ManualTime _time = new();
    private readonly List<LeverHarness> _gateways = [];

    public void Dispose() => _gateways.ForEach(g => g.Dispose());

    /// <summary>The most that the documentation of each model and feature lets AWS bill, in the usage of the reply.</summary>
    public static TheoryData<string, string, string, string> Cases => new()
    {
        // Of two price collections one says 8,192 tokens and one 64,000.
        { "no maxTokens", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""", Converse(20, 64_000) },
        { "cache writes of an hour", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"text":"Hello Hello Hello"},{"cachePoint":{"type":"default","ttl":"1h"}}]}],"inferenceConfig":{"maxTokens":10}}""", Converse(0, 10, write: 120, hour: 120) },
        { "cache writes that nobody asked for", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"inferenceConfig":{"maxTokens":10}}""", Converse(0, 10, write: 90) },
        // Claude's hidden prompt for tools: 804 tokens at most.
        { "tools", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{}}}}]},"inferenceConfig":{"maxTokens":10}}""", Converse(804 + 150, 10) },
        // Claude's computer use: 499 for the prompt, 735 for the tool.
        { "computer use", Sonnet + "invoke", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":10,"tools":[{"type":"computer_20250124","name":"computer"}],"messages":[{"role":"user","content":"Hi"}]}""", Invoke(499 + 735 + 100, 10) },
        { "computer use by Converse", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"additionalModelRequestFields":{"tools":[{"type":"computer_20250124","name":"computer"}]},"inferenceConfig":{"maxTokens":10}}""", Converse(499 + 735 + 100, 10) },
        // Claude's high-resolution images: 4,784 tokens.
        { "an image", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"AAAA"}}}]}],"inferenceConfig":{"maxTokens":10}}""", Converse(4_784, 10) },
        { "an image of a tool", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"image":{"format":"png","source":{"bytes":"AAAA"}}}]}}]}],"inferenceConfig":{"maxTokens":10}}""", Converse(4_784, 10) },
        // Qwen3-VL's image processor: 16,384 tokens.
        { "an image of Qwen", "/openai/v1/chat/completions", """{"model":"qwen.qwen3-vl-235b-a22b","max_tokens":10,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}""", Chat(16_384, 10) },
        { "a document", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"d","source":{"bytes":"AAAA"}}}]}],"inferenceConfig":{"maxTokens":10}}""", Converse(200_000, 10) },
        { "a document of a tool", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"document":{"format":"pdf","name":"d","source":{"bytes":"AAAA"}}}]}}]}],"inferenceConfig":{"maxTokens":10}}""", Converse(200_000, 10) },
        // Thinking is within max_tokens, but for a budget above it, which spans the calls of tools.
        { "thinking", Sonnet + "invoke", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":1500},"messages":[{"role":"user","content":"Hi"}]}""", Invoke(50, 2_000) },
        { "thinking above the maximum", Sonnet + "invoke", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":8000},"messages":[{"role":"user","content":"Hi"}]}""", Invoke(50, 10_000) },
        { "several answers", "/openai/v1/chat/completions", """{"model":"openai.gpt-oss-20b-1:0","max_tokens":100,"n":3,"messages":[{"role":"user","content":"Hi"}]}""", Chat(50, 300) },
        { "reasoning beside the answer", "/openai/v1/chat/completions", """{"model":"openai.gpt-oss-20b-1:0","messages":[{"role":"user","content":"Hi"}]}""", Chat(50, 131_072) },
        { "a maximum in the extra parameters", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":10},"additionalModelRequestFields":{"max_tokens":900}}""", Converse(20, 900) },
        // What compaction reads and writes is billed beside the answer.
        { "compaction", Sonnet + "invoke", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"context_management":{"edits":[{"type":"compact_20260112"}]},"messages":[{"role":"user","content":"Hi"}]}""", Invoke(200, 4_100) },
        { "an embedding", "/model/amazon.titan-embed-text-v2%3A0/invoke", """{"inputText":"Hello"}""", """{"embedding":[0.1],"inputTextTokenCount":21}""" },
        // The whole request is dearer above 200,000 tokens: 6 and 22.5 dollars.
        { "a long context", "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse", """{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"d","source":{"bytes":"AAAA"}}}]}],"inferenceConfig":{"maxTokens":10}}""", Converse(1_000_000, 10) },
        { "guardrails", Sonnet + "converse", """{"messages":[{"role":"user","content":[{"text":"Hello"},{"text":"you"}]}],"inferenceConfig":{"maxTokens":100},"guardrailConfig":{"guardrailIdentifier":"g","guardrailVersion":"1","trace":"enabled"}}""", Guarded(20, 100, units: 4) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task NoCallIsBilledMoreThanWasHeldForIt(string what, string path, string body, string reply)
    {
        var journal = new MemoryBudgets();
        var gateway = Gateway(1_000_000, journal);
        gateway.Upstream.Answer = _ => PlayedReply.Whole(reply);
        var answer = await gateway.CallAsync(new Question(path, body));
        Assert.True(answer.Status == 200, $"{what}: {answer.Text}");
        var held = Assert.Single(journal.Holds).Amount;
        Assert.True(answer.Record.Cost > Money.Zero && answer.Record.Cost <= held, $"{what}: {answer.Record.Cost} USD were billed and {held} held");
    }

    [Theory]
    [InlineData("/model-invocation-job", """{"jobName":"j","modelId":"anthropic.claude-sonnet-4-5-20250929-v1:0"}""", "does not know the operation")]
    [InlineData("/async-invoke", """{"modelId":"amazon.nova-reel-v1:0","modelInput":{}}""", "billed by length")]
    [InlineData(Sonnet + "converse", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}}]},"inferenceConfig":{"maxTokens":10}}""", "runs on AWS's side")]
    [InlineData("/openai/v1/responses", """{"model":"openai.gpt-5.5","input":"Hi","max_output_tokens":10,"tools":[{"type":"web_search"}]}""", "runs on AWS's side")]
    [InlineData("/model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke", """{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"video":{"format":"mp4","source":{"bytes":"AAAA"}}}}""", "billed by their length")]
    [InlineData("/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Adefault-prompt-router%2Fanthropic.claude%3A1/converse", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}""", "can't hold money")]
    public async Task WhatNothingBoundsIsRefusedUnderAHardLimit(string path, string body, string why)
    {
        var gateway = Gateway(1_000_000);
        var answer = await gateway.CallAsync(new Question(path, body));
        Assert.Equal((400, Outcome.Refused, "budget_exceeded"), (answer.Status, answer.Record.Outcome, answer.Record.Error));
        Assert.Contains(why, answer.Text, StringComparison.Ordinal);
        Assert.Empty(gateway.Upstream.Arrivals);
    }

    /// <summary>A tool of the caller's own may be called as one of AWS's is.</summary>
    [Fact]
    public async Task AToolOfTheCallersIsNotTakenForOneOfAws()
    {
        var answer = await Gateway(1).CallAsync(new Question(
            "/openai/v1/chat/completions", """{"model":"openai.gpt-oss-20b-1:0","max_tokens":10,"tools":[{"type":"function","function":{"name":"web_search","parameters":{}}}],"messages":[{"role":"user","content":"Hi"}]}"""));
        Assert.Equal(200, answer.Status);
    }

    private LeverHarness Gateway(decimal limit, MemoryBudgets? journal = null)
    {
        var gateway = new LeverHarness(new Gateway.Levers.Planning.LeverOptions(), budgets: Book(_time, Budget(limit), journal));
        _gateways.Add(gateway);
        return gateway;
    }

    private static string Converse(long input, long output, long write = 0, long hour = 0) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":{{{input}}},"outputTokens":{{{output}}},"totalTokens":{{{input + output + write}}},"cacheWriteInputTokens":{{{write}}},"cacheDetails":[{{{(hour > 0 ? $$"""{"ttl":"1h","inputTokens":{{hour}}}""" : "")}}}]},"metrics":{"latencyMs":5}}""");

    private static string Guarded(long input, long output, int units)
    {
        var usage = string.Create(CultureInfo.InvariantCulture, $$"""{"contentPolicyUnits":{{units}},"topicPolicyUnits":{{units}},"wordPolicyUnits":{{units}},"sensitiveInformationPolicyUnits":{{units}},"sensitiveInformationPolicyFreeUnits":0,"contextualGroundingPolicyUnits":{{units}}}""");
        var trace = $$$"""{"guardrail":{"inputAssessment":{"g":{"invocationMetrics":{"usage":{{{usage}}} } } } } }""";
        return Converse(input, output).Replace("\"metrics\"", $"\"trace\":{trace},\"metrics\"", StringComparison.Ordinal);
    }

    private static string Invoke(long input, long output) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"type":"message","role":"assistant","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":{{{input}}},"output_tokens":{{{output}}}}}""");

    private static string Chat(long input, long output) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"id":"c","object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":{{{input}}},"completion_tokens":{{{output}}},"total_tokens":{{{input + output}}}}}""");
}
