using System.Text;
using Sluice.Bedrock.Replies;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Bedrock.Tests.Replies;

/// <summary>What replies say was used beside tokens: each in the place that its vendor documents, or under a name that nobody knows.</summary>
public sealed class OtherUsesTests
{
    private const string Tokens = """
        "usage":{"input_tokens":1200,"input_tokens_details":{"cached_tokens":0},"output_tokens":30,"total_tokens":1230}
        """;

    [Theory]
    // OpenAI's Responses count the searches apart from the blocks that show them, of which some only open a page.
    [InlineData("open_ai_responses", """{"status":"completed","output":[{"type":"web_search_call"},{"type":"web_search_call"}],USAGE,"tool_usage":{"web_search":{"num_requests":1}}}""", "web_search", 1)]
    [InlineData("open_ai_responses", """{"status":"completed","output":[{"type":"web_search_call"}],USAGE,"tool_usage":{"web_search":{"num_requests":0}}}""", "", 0)]
    [InlineData("open_ai_responses", """{"status":"completed","output":[{"type":"web_search_call"}],USAGE}""", "unknown", 1)]
    [InlineData("open_ai_responses", """{"status":"completed","output":[{"type":"file_search_call"},{"type":"code_interpreter_call"}],USAGE}""", "server_tool_call", 2)]
    [InlineData("open_ai_responses", """{"status":"completed","output":[{"type":"a_tool_of_next_year_call"}],USAGE}""", "server_tool_call", 1)]
    [InlineData("open_ai_responses", """{"status":"completed","output":[{"type":"function_call","name":"web_search"},{"type":"custom_tool_call"},{"type":"message"}],USAGE}""", "", 0)]
    [InlineData("open_ai_responses", """{"status":"completed","output":[],USAGE,"tool_usage":{"file_search":{"num_requests":3}}}""", "unknown", 1)]
    // Anthropic counts in the usage; the blocks may show searches that failed.
    [InlineData("anthropic", """{"content":[{"type":"server_tool_use","name":"web_search"}],"usage":{"input_tokens":1200,"output_tokens":30,"server_tool_use":{"web_search_requests":2}}}""", "web_search", 2)]
    [InlineData("anthropic", """{"content":[{"name":"web_search","type":"server_tool_use"}],"usage":{"input_tokens":1200,"output_tokens":30}}""", "web_search", 1)]
    [InlineData("anthropic", """{"content":[],"usage":{"input_tokens":1200,"output_tokens":30,"server_tool_use":{"web_search_requests":0,"web_fetch_requests":4}}}""", "unknown", 1)]
    [InlineData("anthropic", """{"content":[{"type":"server_tool_use","name":"bash_code_execution"}],"usage":{"input_tokens":1200,"output_tokens":30}}""", "server_tool_call", 1)]
    [InlineData("anthropic", """{"content":[{"type":"server_tool_use","name":"tool_search_tool_regex"},{"type":"tool_use","name":"web_search"}],"usage":{"input_tokens":1200,"output_tokens":30}}""", "", 0)]
    // Nova's grounding, as Converse shows it.
    [InlineData("converse", """{"output":{"message":{"content":[{"toolUse":{"toolUseId":"t","name":"nova_grounding","input":{},"type":"server_tool_use"}},{"text":"x"}]}},"usage":{"inputTokens":1200,"outputTokens":30,"totalTokens":1230}}""", "web_search", 1)]
    [InlineData("converse", """{"output":{"message":{"content":[{"toolUse":{"type":"server_tool_use","name":"nova_code_interpreter","input":{}}}]}},"usage":{"inputTokens":1200,"outputTokens":30,"totalTokens":1230}}""", "server_tool_call", 1)]
    [InlineData("converse", """{"output":{"message":{"content":[{"toolUse":{"toolUseId":"t","name":"search","input":{"type":"server_tool_use"}}}]}},"usage":{"inputTokens":1200,"outputTokens":30,"totalTokens":1230}}""", "", 0)]
    [InlineData("converse", """{"output":{"message":{"content":[]}},"usage":{"inputTokens":1200,"outputTokens":30,"totalTokens":1230,"videoSeconds":6.5}}""", "unknown", 1)]
    // Chat completions.
    [InlineData("open_ai", """{"choices":[],"usage":{"prompt_tokens":1200,"completion_tokens":30,"num_sources_used":12}}""", "unknown", 1)]
    [InlineData("open_ai", """{"choices":[],"usage":{"prompt_tokens":1200,"completion_tokens":30,"extra":{"deep":[{"pages":2}]}}}""", "unknown", 1)]
    [InlineData("open_ai", """{"choices":[],"usage":{"prompt_tokens":1200,"completion_tokens":30,"num_sources_used":0,"note":"none","flag":true,"more":null,"queue_time":0.2}}""", "", 0)]
    [InlineData("open_ai", """{"choices":[],"usage":{"prompt_tokens":1200,"completion_tokens":30,"completion_tokens_details":{"reasoning_tokens":7,"accepted_prediction_tokens":3,"audio_tokens":0}}}""", "", 0)]
    [InlineData("cohere_command", """{"text":"x","meta":{"billed_units":{"input_tokens":1200,"output_tokens":30,"classifications":5}}}""", "unknown", 1)]
    public void WhatIsUsedBesideTokensIsCountedOrNamedAsUnknown(string dialect, string body, string kind, int count)
    {
        Assert.True(InvocationNames.TryParse(dialect, out Dialect known));
        var reading = Read(known, body.Replace("USAGE", Tokens.Trim(), StringComparison.Ordinal));

        var usage = reading.Usage!;
        Assert.Equal((1200, 30, UsageSource.Measured), (usage.Input, usage.Output, usage.Source));
        var unit = usage.Units.IsEmpty ? ("", 0m) : (usage.Units.Single().Kind.Name(), usage.Units.Single().Count);
        Assert.Equal((kind, count), unit);
        Assert.Equal(kind is "unknown" or "server_tool_call", reading.UnknownUse is not null);
    }

    [Fact]
    public void TheNameOfAnUnknownCountIsTold() =>
        Assert.Equal("num_sources_used", Read(Dialect.OpenAi, """{"usage":{"prompt_tokens":1,"completion_tokens":1,"num_sources_used":12}}""").UnknownUse);

    [Fact]
    public void ANameThatIsNoIdentifierIsNotRepeated() =>
        Assert.Equal("unnamed", Read(Dialect.OpenAi, "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"\\u001b[31m\":12}}").UnknownUse);

    [Fact]
    public void WhatAModelWritesCantPassForUsage()
    {
        var usage = Read(Dialect.Converse, """{"output":{"message":{"content":[{"toolUse":{"name":"f","input":{"usage":{"pages":7},"tool_usage":{"web_search":{"num_requests":9}}}}}]}},"usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7}}""").Usage!;
        Assert.Empty(usage.Units);
    }

    [Fact]
    public void SpeechIsTakenOutOfTheTokensThatItIsWithin()
    {
        var usage = Read(Dialect.OpenAi, """{"usage":{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"audio_tokens":60},"completion_tokens_details":{"audio_tokens":20}}}""").Usage!;
        Assert.Equal((40, 30, 60m, 20m), (usage.Input, usage.Output, usage.Count(UsageKind.InputAudioToken), usage.Count(UsageKind.OutputAudioToken)));
    }

    [Fact]
    public void AStreamCountsEachToolOfAwsOnce()
    {
        var usage = ReadStream(
            """{"type":"message_start","message":{"usage":{"input_tokens":9,"output_tokens":1}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"s","name":"web_search","input":{}}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"t","name":"web_search","input":{}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":40,"server_tool_use":{"web_search_requests":1}}}""",
            """{"type":"message_stop"}""").Usage!;
        Assert.Equal((9, 40, 1m), (usage.Input, usage.Output, usage.Count(UsageKind.WebSearch)));
    }

    private static ReplyReading Read(Dialect dialect, string body)
    {
        var operation = dialect switch
        {
            Dialect.Converse => Operation.Converse,
            Dialect.OpenAi => Operation.ChatCompletions,
            Dialect.OpenAiResponses => Operation.Responses,
            Dialect.Anthropic => Operation.Messages,
            _ => Operation.InvokeModel,
        };
        using var meter = ReplyMeter.Create(operation, dialect, ReplyFraming.Json, new() { Dialect = dialect });
        meter.Append(Encoding.UTF8.GetBytes(body));
        return meter.Finish(_ => null);
    }

    private static ReplyReading ReadStream(params ReadOnlySpan<string> events)
    {
        using var meter = ReplyMeter.Create(Operation.Messages, Dialect.Anthropic, ReplyFraming.ServerSentEvents, new() { Dialect = Dialect.Anthropic });
        foreach (var one in events)
            meter.Append(Encoding.UTF8.GetBytes($"data: {one}\n\n"));
        return meter.Finish(_ => null);
    }
}
