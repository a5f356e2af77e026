using System.Net;
using System.Text.Json.Nodes;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Dialects;

/// <summary>Bedrock's own OpenAI and Anthropic paths: bedrock.md, section 1.10.</summary>
public sealed class OwnPathsTests
{
    private static List<(string? Event, string Data)> Sse(Answer answer) =>
        [.. answer.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block =>
        {
            var lines = block.Split('\n');
            return (lines.FirstOrDefault(line => line.StartsWith("event: ", StringComparison.Ordinal))?[7..], lines.Single(line => line.StartsWith("data: ", StringComparison.Ordinal))[6..]);
        })];

    [Fact]
    public async Task ChatCompletionsStreamsAndEndsWithUsageWhereAskedTo()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        const string Body = """{"model":"openai.gpt-oss-120b-1:0","messages":[{"role":"user","content":"Hello there"}],"max_tokens":30STREAM}""";
        var plain = (await bedrock.PostAsync("/openai/v1/chat/completions", Body.Replace("STREAM", "", StringComparison.Ordinal))).Json;
        var answer = await bedrock.PostAsync("/openai/v1/chat/completions", Body.Replace("STREAM", ""","stream":true,"stream_options":{"include_usage":true}""", StringComparison.Ordinal));
        Assert.StartsWith("text/event-stream", answer.Headers["Content-Type"], StringComparison.Ordinal);
        var events = Sse(answer);
        Assert.Equal("[DONE]", events[^1].Data);
        var usage = JsonNode.Parse(events[^2].Data)!;
        Assert.Empty(usage["choices"]!.AsArray());
        Assert.Equal(plain["usage"]!.ToJsonString(), usage["usage"]!.ToJsonString());
        Assert.Equal(plain["choices"]![0]!["message"]!["content"]!.GetValue<string>(),
            string.Concat(events.SkipLast(2).Select(e => JsonNode.Parse(e.Data)!["choices"]![0]!["delta"]!["content"]?.GetValue<string>())));
        var without = Sse(await bedrock.PostAsync("/openai/v1/chat/completions", Body.Replace("STREAM", ""","stream":true""", StringComparison.Ordinal)));
        Assert.DoesNotContain(without, e => e.Data.Contains("\"usage\"", StringComparison.Ordinal));
        Assert.True((await bedrock.LastLoggedAsync()).Streamed);
    }

    [Fact]
    public async Task ResponsesStreamsNumberedEventsUpToTheCompletedResponse()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        const string Body = """{"model":"openai.gpt-5.6-luna","input":"Hello there","stream":true}""";
        var events = Sse(await bedrock.PostAsync("/openai/v1/responses", Body));
        Assert.Equal(["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta"], events.Take(5).Select(e => e.Event));
        Assert.Equal(["response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed"], events.TakeLast(4).Select(e => e.Event));
        var parsed = events.ConvertAll(e => JsonNode.Parse(e.Data)!);
        Assert.Equal(Enumerable.Range(0, parsed.Count), parsed.Select(e => e["sequence_number"]!.GetValue<int>()));
        var response = parsed[^1]["response"]!;
        Assert.Equal(response["output"]![0]!["content"]![0]!["text"]!.GetValue<string>(),
            string.Concat(parsed.Where(e => e["type"]!.GetValue<string>() == "response.output_text.delta").Select(e => e["delta"]!.GetValue<string>())));
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((logged.Input, logged.Output), (response["usage"]!["input_tokens"]!.GetValue<long>(), response["usage"]!["output_tokens"]!.GetValue<long>()));
        var cut = (await bedrock.PostAsync("/openai/v1/responses", """{"model":"openai.gpt-5.6-luna","input":"Hello there","max_output_tokens":3}""")).Json;
        Assert.Equal(("incomplete", "max_output_tokens"), (cut["status"]!.GetValue<string>(), cut["incomplete_details"]!["reason"]!.GetValue<string>()));
    }

    [Fact]
    public async Task MessagesTakesItsModelFromTheBodyAndStreamsNamedEvents()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        const string Body = """{"model":"us.anthropic.claude-opus-4-8","max_tokens":30,"messages":[{"role":"user","content":"Hello there"}]}""";
        var plain = (await bedrock.PostAsync("/anthropic/v1/messages", Body, ("anthropic-version", "2023-06-01"))).Json;
        Assert.Equal("us.anthropic.claude-opus-4-8", plain["model"]!.GetValue<string>());
        Assert.Equal("us", (await bedrock.LastLoggedAsync()).Profile);
        var events = Sse(await bedrock.PostAsync("/anthropic/v1/messages", Body.Replace("30,", "30,\"stream\":true,", StringComparison.Ordinal)));
        Assert.Equal("message_start", events[0].Event);
        Assert.Equal("""{"type":"message_stop"}""", events[^1].Data);
        Assert.Equal(plain["usage"]!["output_tokens"]!.GetValue<int>(), JsonNode.Parse(events[^2].Data)!["usage"]!["output_tokens"]!.GetValue<int>());
        Assert.Equal("""{"input_tokens":6}""", (await bedrock.PostAsync("/anthropic/v1/messages/count_tokens", Body.Replace("\"max_tokens\":30,", "", StringComparison.Ordinal))).Text);
    }

    [Fact]
    public async Task EmbeddingsComeAsFloatsOrAsBase64()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var floats = (await bedrock.PostAsync("/openai/v1/embeddings", """{"model":"amazon.titan-embed-text-v2:0","input":["Hello","there"],"dimensions":64}""")).Json;
        Assert.Equal(2, floats["usage"]!["prompt_tokens"]!.GetValue<int>());
        var base64 = (await bedrock.PostAsync("/openai/v1/embeddings", """{"model":"amazon.titan-embed-text-v2:0","input":"Hello","dimensions":64,"encoding_format":"base64"}""")).Json;
        var bytes = Convert.FromBase64String(base64["data"]![0]!["embedding"]!.GetValue<string>());
        Assert.Equal(floats["data"]![0]!["embedding"]!.AsArray().Select(value => value!.GetValue<float>()), Enumerable.Range(0, 64).Select(i => BitConverter.ToSingle(bytes, i * 4)));
    }

    [Theory]
    [InlineData("/openai/v1/chat/completions", """{"model":"us.anthropic.claude-opus-4-8","messages":[{"role":"user","content":"x"}]}""", "error/type", "invalid_request_error")]
    [InlineData("/openai/v1/chat/completions", """{"messages":[]}""", "error/code", "validation_error")]
    [InlineData("/anthropic/v1/messages", """{"model":"amazon.nova-lite-v1:0","max_tokens":3,"messages":[{"role":"user","content":"x"}]}""", "error/type", "invalid_request_error")]
    [InlineData("/anthropic/v1/messages", """{"model":"anthropic.none","max_tokens":3,"messages":[]}""", "error/type", "not_found_error")]
    public async Task RefusesInTheShapeOfThePath(string path, string body, string at, string says)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.PostAsync(path, body);
        var parts = at.Split('/');
        Assert.Equal(says, answer.Json[parts[0]]![parts[1]]!.GetValue<string>());
        Assert.NotEqual(HttpStatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task ThrottlesOpenAiClientsInTheirOwnWords()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.PostAsync("/openai/v1/chat/completions", """{"model":"openai.gpt-oss-20b-1:0","messages":[{"role":"user","content":"x"}]}""", ("x-simulator-fault", "throttle"));
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_error"), (answer.Status, answer.Json["error"]!["type"]!.GetValue<string>()));
    }
}
