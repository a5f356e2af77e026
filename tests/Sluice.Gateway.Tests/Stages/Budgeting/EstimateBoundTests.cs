using System.Buffers;
using System.Text;
using System.Text.Json;
using Sluice.Bedrock.EventStreams;
using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;
using Sluice.Testing;
using static Sluice.Gateway.Tests.Stages.Budgeting.MemoryBudgets;

namespace Sluice.Gateway.Tests.Stages.Budgeting;

public sealed class EstimateBoundTests
{
    private const int Maximum = 2_000;

    /// <summary>A dialect's request for at most so many tokens, and its stream's events with a piece of text and without hidden work.</summary>
    /// <param name="Most">What it may come to.</param>
    public sealed record Spoken(string Path, string Body, string Text, string Usage, int Most = Maximum);

    public static TheoryData<string, Spoken> Dialects => new()
    {
        { "converse", new("/model/us.anthropic.claude-sonnet-4-6/converse-stream", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":2000}}""", """contentBlockDelta{"contentBlockIndex":0,"delta":{"text":"TEXT"}}""", """metadata{"usage":{"inputTokens":150,"outputTokens":900,"totalTokens":1050}}""") },
        { "anthropic", new("/model/us.anthropic.claude-opus-4-7/invoke-with-response-stream", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":2000,"messages":[{"role":"user","content":"Hi"}]}""", """chunk{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"TEXT"}}""", """chunk{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":150,"outputTokenCount":900}}""") },
        { "messages", new("/anthropic/v1/messages", """{"model":"us.anthropic.claude-opus-4-7","stream":true,"max_tokens":2000,"messages":[{"role":"user","content":"Hi"}]}""", """sse{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"TEXT"}}""", """sse{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":150,"output_tokens":900}}""") },
        { "chat", new("/openai/v1/chat/completions", """{"model":"openai.gpt-oss-20b-1:0","stream":true,"max_completion_tokens":2000,"messages":[{"role":"user","content":"Hi"}]}""", """sse{"choices":[{"delta":{"content":"TEXT"}}]}""", """sse{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":150,"completion_tokens":900}}""") },
        { "responses", new("/openai/v1/responses", """{"model":"openai.gpt-5.6-terra","stream":true,"max_output_tokens":2000,"input":"Hi"}""", """sse{"type":"response.output_text.delta","delta":"TEXT"}""", """sse{"type":"response.completed","response":{"id":"r","status":"completed","usage":{"input_tokens":150,"output_tokens":900,"total_tokens":1050}}}""") },
        { "nova", new("/model/us.amazon.nova-pro-v1%3A0/invoke-with-response-stream", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"max_new_tokens":2000}}""", """chunk{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"TEXT"}}}""", """chunk{"metadata":{"usage":{"inputTokens":150,"outputTokens":900}},"amazon-bedrock-invocationMetrics":{"inputTokenCount":150,"outputTokenCount":900}}""") },
        { "llama", new("/model/us.meta.llama3-3-70b-instruct-v1%3A0/invoke-with-response-stream", """{"prompt":"Hi","max_gen_len":2000}""", """chunk{"generation":"TEXT"}""", """chunk{"generation":"","stop_reason":"stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":150,"outputTokenCount":900}}""") },
        { "llama by its default", new("/model/us.meta.llama3-3-70b-instruct-v1%3A0/invoke-with-response-stream", """{"prompt":"Hi"}""", """chunk{"generation":"TEXT"}""", """chunk{"generation":"","stop_reason":"stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":150,"outputTokenCount":500}}""", 512) },
        { "mistral", new("/model/mistral.mistral-large-2402-v1%3A0/invoke-with-response-stream", """{"prompt":"Hi","max_tokens":2000}""", """chunk{"outputs":[{"text":"TEXT"}]}""", """chunk{"outputs":[{"text":"","stop_reason":"stop"}],"amazon-bedrock-invocationMetrics":{"inputTokenCount":150,"outputTokenCount":900}}""") },
        { "cohere", new("/model/cohere.command-r-v1%3A0/invoke-with-response-stream", """{"message":"Hi","max_tokens":2000}""", """chunk{"text":"TEXT"}""", """chunk{"finish_reason":"COMPLETE","amazon-bedrock-invocationMetrics":{"inputTokenCount":150,"outputTokenCount":900}}""") },
        { "the model's own maximum", new("/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}""", """contentBlockDelta{"contentBlockIndex":0,"delta":{"text":"TEXT"}}""", """metadata{"usage":{"inputTokens":150,"outputTokens":900,"totalTokens":1050}}""", 64_000) },
    };

    /// <summary>Earlier replies of which most was hidden, and then some that break off after any amount of text: no guess passes the maximum or what was held.</summary>
    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task NoEstimateIsMoreThanTheRequestAllowsOrTheBudgetHeld(string what, Spoken spoken)
    {
        var journal = new MemoryBudgets();
        using var gateway = new LeverHarness(new LeverOptions(), budgets: Book(new ManualTime(), Budget(1_000_000), journal));
        var random = new Random(20261130);
        var held = 0;
        for (var round = 0; round < 12; round++)
        {
            var isWhole = round < 4;
            gateway.Upstream.Answer = _ => Task.FromResult(Reply(spoken, isWhole ? 9 : 1 << random.Next(18), isWhole));
            var record = (await gateway.CallAsync(new Question(spoken.Path, spoken.Body))).Record;
            var hold = journal.Holds[held++].Amount;
            Assert.Equal(isWhole ? UsageSource.Measured : UsageSource.Estimated, record.Usage!.Source);
            Assert.True(record.Usage.Output <= spoken.Most, $"{what}: {record.Usage.Output} tokens of at most {spoken.Most}");
            Assert.True(record.Cost is { } cost && cost <= hold, $"{what}: {record.Cost} USD estimated and {hold} held");
        }
    }

    /// <summary>1,125 tokens of text at the usual four bytes, whatever earlier replies hid.</summary>
    [Fact]
    public async Task HiddenThinkingIsNotTakenFromTheBytesOfText()
    {
        const string Path = "/model/us.anthropic.claude-opus-4-7/invoke-with-response-stream";
        const string Body = """{"anthropic_version":"bedrock-2023-05-31","max_tokens":2000,"messages":[{"role":"user","content":"Decide."}]}""";
        using var gateway = new LeverHarness(new LeverOptions());
        var thought = PlayedReply.Stream(
            Chunk("""{"type":"message_start","message":{"usage":{"input_tokens":150,"output_tokens":1}}}"""), Chunk("""{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"""),
            Chunk("""{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Approved."}}"""), Chunk("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":900}}"""), Chunk("""{"type":"message_stop"}"""));
        thought.End();
        gateway.Upstream.Answer = _ => Task.FromResult(thought);
        await gateway.CallAsync(new Question(Path, Body));

        var broken = PlayedReply.Stream(Chunk("""{"type":"message_start","message":{"usage":{"input_tokens":150,"output_tokens":1}}}"""), Chunk($$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{new string('w', 4500)}}}"}}"""));
        broken.Break();
        gateway.Upstream.Answer = _ => Task.FromResult(broken);
        var record = (await gateway.CallAsync(new Question(Path, Body))).Record;
        Assert.Equal((150L, 1125L, UsageSource.Estimated), (record.Usage!.Input, record.Usage.Output, record.Usage.Source));
    }

    private static PlayedReply Reply(Spoken spoken, int textBytes, bool isWhole)
    {
        var reply = new PlayedReply(contentType: spoken.Text.StartsWith("sse", StringComparison.Ordinal) ? "text/event-stream" : "application/vnd.amazon.eventstream");
        reply.Write(Event(spoken.Text.Replace("TEXT", new string('w', textBytes), StringComparison.Ordinal)));
        if (isWhole)
        {
            if (spoken.Text.StartsWith("contentBlockDelta", StringComparison.Ordinal))
                reply.Write(Canned.Stop);
            reply.Write(Event(spoken.Usage));
            if (spoken.Text.StartsWith("sse{\"choices", StringComparison.Ordinal))
                reply.Write("data: [DONE]\n\n"u8.ToArray());
            if (spoken.Path.StartsWith("/anthropic", StringComparison.Ordinal))
                reply.Write(Event("""sse{"type":"message_stop"}"""));
            reply.End();
        }
        else
            reply.Break();
        return reply;
    }

    private static byte[] Event(string text)
    {
        var at = text.IndexOf('{', StringComparison.Ordinal);
        var (type, json) = (text[..at], text[at..]);
        return type switch
        {
            "sse" => Encoding.UTF8.GetBytes($"data: {json}\n\n"),
            "chunk" => Chunk(json),
            _ => Canned.Event(type, json),
        };
    }

    private static byte[] Chunk(string inner)
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteEvent(output, "chunk"u8, JsonSerializer.SerializeToUtf8Bytes(new { bytes = Encoding.UTF8.GetBytes(inner), p = "abc" }));
        return output.WrittenSpan.ToArray();
    }
}
