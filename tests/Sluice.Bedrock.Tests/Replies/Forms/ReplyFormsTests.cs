using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Bedrock.EventStreams;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Replies.Forms;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Tests.Replies.Forms;

public sealed class ReplyFormsTests
{
    private const int Rounds = 200;
    private const string Metrics = ",\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":3,\"outputTokenCount\":5,\"invocationLatency\":70,\"firstByteLatency\":9}";
    private static readonly KeyValuePair<string, string>[] Json = [new("Content-Type", "application/json"), new("X-Amzn-Bedrock-Invocation-Latency", "912"), new("x-kept", "yes")];
    private static readonly KeyValuePair<string, string>[] Frames = [new("Content-Type", "application/vnd.amazon.eventstream")];
    private static readonly KeyValuePair<string, string>[] Sse = [new("Content-Type", "text/event-stream; charset=utf-8")];

    [Fact]
    public void AConverseAnswerComesBackFromItsStream() => EachComesBack(Operation.ConverseStream, Operation.Converse, Dialect.Converse, a => a.Converse());

    [Fact]
    public void AnInvokedMessageComesBackFromItsStream() =>
        EachComesBack(Operation.InvokeModelWithResponseStream, Operation.InvokeModel, Dialect.Anthropic, a => a.Message());

    [Fact]
    public void AMessageComesBackFromItsStream() => EachComesBack(Operation.Messages, Operation.Messages, Dialect.Anthropic, a => a.Message());

    [Fact]
    public void ACompletionComesBackFromItsStream() => EachComesBack(Operation.ChatCompletions, Operation.ChatCompletions, Dialect.OpenAi, a => a.Completion());

    [Fact]
    public void AnUpstreamsConverseStreamTellsTheSameHoweverItIsCut() =>
        EachIsAssembled(Operation.Converse, Dialect.Converse, Frames, a => a.Converse(), (a, reply) => a.ConverseStream(reply));

    [Fact]
    public void AnUpstreamsChunksTellTheSameMessageHoweverTheyAreCut() =>
        EachIsAssembled(Operation.InvokeModel, Dialect.Anthropic, Frames, a => a.Message(), (a, reply) => RandomAnswers.Chunks(a.MessageEvents(reply, Metrics)));

    [Fact]
    public void AnUpstreamsEventsTellTheSameMessageHoweverTheyAreCut() =>
        EachIsAssembled(Operation.Messages, Dialect.Anthropic, Sse, a => a.Message(), (a, reply) => RandomAnswers.ServerSent(a.MessageEvents(reply), named: true));

    [Fact]
    public void AnUpstreamsChunksTellTheSameCompletionHoweverTheyAreCut() =>
        EachIsAssembled(Operation.ChatCompletions, Dialect.OpenAi, Sse, a => a.Completion(), (a, reply) => RandomAnswers.ServerSent(a.CompletionChunks(reply), named: false, "data: [DONE]\n\n"));

    [Fact]
    public void TheStreamHasTheEventsThatBedrockSends()
    {
        var stream = Convert(Operation.ConverseStream, Dialect.Converse, streamed: true, Json,
            """{"metrics":{"latencyMs":5},"output":{"message":{"content":[{"text":"Hi"},{"toolUse":{"input":{"q": 1e0},"name":"f","toolUseId":"t"}}],"role":"assistant"}},"stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}}"""u8.ToArray());
        var events = new List<string>();
        ReadOnlySpan<byte> rest = stream.Body;
        using var decoder = new EventStreamDecoder();
        while (decoder.TryRead(ref rest, out var frame))
            events.Add($"{Encoding.UTF8.GetString(frame.EventType)} {Encoding.UTF8.GetString(frame.Payload)}");

        Assert.Equal(
            [
                """messageStart {"role":"assistant"}""",
                """contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"Hi"}}""",
                """contentBlockStop {"contentBlockIndex":0}""",
                """contentBlockStart {"contentBlockIndex":1,"start":{"toolUse":{"name":"f","toolUseId":"t"}}}""",
                """contentBlockDelta {"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"q\": 1e0}"}}}""",
                """contentBlockStop {"contentBlockIndex":1}""",
                """messageStop {"stopReason":"tool_use"}""",
                """metadata {"metrics":{"latencyMs":5},"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}}""",
            ],
            events);
        Assert.Equal([new("x-kept", "yes"), new("Content-Type", "application/vnd.amazon.eventstream")], stream.Headers);
    }

    [Fact]
    public void InvokeModelsMetricsAreInTheLastEventAndInTheHeaders()
    {
        var message = new RandomAnswers(new Random(1)).Message();
        message["usage"] = JsonNode.Parse("""{"input_tokens":3,"cache_creation_input_tokens":4,"cache_read_input_tokens":5,"output_tokens":6}""");
        var stream = Convert(Operation.InvokeModelWithResponseStream, Dialect.Anthropic, streamed: true, Json, Encoding.UTF8.GetBytes(message.ToJsonString()));
        Assert.Contains(new("X-Amzn-Bedrock-Content-Type", "application/json"), stream.Headers);

        var plain = Convert(Operation.InvokeModel, Dialect.Anthropic, streamed: false, stream.Headers, stream.Body);
        Assert.Equal(
            [
                new("x-kept", "yes"), new("Content-Type", "application/json"), new("X-Amzn-Bedrock-Input-Token-Count", "3"), new("X-Amzn-Bedrock-Output-Token-Count", "6"),
                new("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", "5"), new("X-Amzn-Bedrock-Cache-Write-Input-Token-Count", "4"), new("X-Amzn-Bedrock-Invocation-Latency", "912"),
            ],
            plain.Headers);
    }

    [Theory]
    [InlineData("""{"citationsContent":{"content":[{"text":"a"}],"citations":[]}}""")]
    [InlineData("""{"image":{"format":"png","source":{"bytes":"AAAA"}}}""")]
    [InlineData("""{"text":"a","newField":1}""")]
    public void WhatWouldBeLostHasNoOtherForm(string block)
    {
        var body = Encoding.UTF8.GetBytes($$$$"""{"output":{"message":{"role":"assistant","content":[{{{{block}}}}]}},"stopReason":"end_turn","usage":{},"metrics":{}}""");
        Assert.False(ReplyForms.TryConvert(Operation.ConverseStream, Dialect.Converse, streamed: true, Json, body, out _));
    }

    [Fact]
    public void AnAnswerWithAnUnknownFieldHasNoOtherForm() =>
        Assert.False(ReplyForms.TryConvert(Operation.ConverseStream, Dialect.Converse, streamed: true, Json,
            """{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn","usage":{},"metrics":{},"newField":1}"""u8, out _));

    [Theory]
    [InlineData("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"citations_delta\",\"citation\":{}}}")]
    [InlineData("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}")]
    [InlineData("{\"type\":\"something_new\"}")]
    [InlineData("{\"type\":\"content_block_stop\",\"index\":7}")]
    public void AStreamWithMoreThanIsKnownHasNoOtherForm(string unknown)
    {
        var answers = new RandomAnswers(new Random(3));
        var message = answers.Message();
        message["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "Hello" });
        var events = answers.MessageEvents(message);
        events.Insert(4, unknown);
        Assert.False(ReplyForms.TryConvert(Operation.Messages, Dialect.Anthropic, streamed: false, Sse, RandomAnswers.ServerSent(events, named: true), out _));
    }

    [Theory]
    [InlineData(Operation.InvokeModel, Dialect.Nova)]
    [InlineData(Operation.InvokeModel, Dialect.Llama)]
    [InlineData(Operation.Responses, Dialect.OpenAiResponses)]
    [InlineData(Operation.CountTokens, Dialect.Converse)]
    public void WhatIsNotKnownInBothFormsHasOne(Operation operation, Dialect dialect) => Assert.False(ReplyForms.HasOther(operation, dialect));

    [Fact]
    public void AnAnswerInTheFormThatIsAskedForOrCompressedIsNotTouched()
    {
        var body = Encoding.UTF8.GetBytes(new RandomAnswers(new Random(1)).Converse().ToJsonString());
        Assert.False(ReplyForms.TryConvert(Operation.Converse, Dialect.Converse, streamed: false, Json, body, out _));
        Assert.False(ReplyForms.TryConvert(Operation.ConverseStream, Dialect.Converse, streamed: true, [.. Json, new("Content-Encoding", "gzip")], body, out _));
    }

    [Fact]
    public void APartOfAStreamIsNoAnswerAndNoDamageThrows()
    {
        var random = new Random(5);
        var answers = new RandomAnswers(random);
        for (var i = 0; i < Rounds; i++)
        {
            var stream = answers.ConverseStream(answers.Converse());
            Assert.False(ReplyForms.TryConvert(Operation.Converse, Dialect.Converse, streamed: false, Frames, stream.AsSpan(0, random.Next(stream.Length)), out _));
            var events = RandomAnswers.ServerSent(answers.MessageEvents(answers.Message()), named: true);
            Assert.False(ReplyForms.TryConvert(Operation.Messages, Dialect.Anthropic, streamed: false, Sse, events.AsSpan(0, random.Next(events.Length - 2)), out _));

            var plain = Encoding.UTF8.GetBytes(answers.Completion().ToJsonString());
            for (var damage = random.Next(1, 5); damage > 0; damage--)
            {
                events[random.Next(events.Length)] = (byte)random.Next(256);
                plain[random.Next(plain.Length)] = (byte)random.Next(256);
            }
            ReplyForms.TryConvert(Operation.Messages, Dialect.Anthropic, streamed: false, Sse, events, out _);
            ReplyForms.TryConvert(Operation.ChatCompletions, Dialect.OpenAi, streamed: true, Json, plain, out _);
        }
    }

    private static void EachComesBack(Operation streaming, Operation plain, Dialect dialect, Func<RandomAnswers, JsonObject> draw)
    {
        var answers = new RandomAnswers(new Random(11));
        for (var i = 0; i < Rounds; i++)
        {
            var body = Encoding.UTF8.GetBytes(draw(answers).ToJsonString());
            var stream = Convert(streaming, dialect, streamed: true, Json, body);
            var back = Convert(plain, dialect, streamed: false, stream.Headers, stream.Body);
            AssertSame(body, back.Body);
            AssertMeteredAlike(streaming, plain, dialect, stream.Body, body);
        }
    }

    private static void EachIsAssembled(
        Operation plain, Dialect dialect, KeyValuePair<string, string>[] headers, Func<RandomAnswers, JsonObject> draw, Func<RandomAnswers, JsonObject, byte[]> stream)
    {
        var answers = new RandomAnswers(new Random(12));
        for (var i = 0; i < Rounds; i++)
        {
            var reply = draw(answers);
            AssertSame(Encoding.UTF8.GetBytes(reply.ToJsonString()), Convert(plain, dialect, streamed: false, headers, stream(answers, reply)).Body);
        }
    }

    private static ConvertedReply Convert(Operation operation, Dialect dialect, bool streamed, IReadOnlyCollection<KeyValuePair<string, string>> headers, byte[] body)
    {
        Assert.True(ReplyForms.TryConvert(operation, dialect, streamed, headers, body, out var converted), Encoding.UTF8.GetString(body));
        return converted;
    }

    private static void AssertSame(byte[] expected, byte[] actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"{Encoding.UTF8.GetString(expected)}\n{Encoding.UTF8.GetString(actual)}");

    /// <summary>Whoever is given the one pays, or saves, as much as whoever is given the other.</summary>
    private static void AssertMeteredAlike(Operation streaming, Operation plain, Dialect dialect, byte[] stream, byte[] body)
    {
        var isFrames = streaming is Operation.ConverseStream or Operation.InvokeModelWithResponseStream;
        var streamed = Meter(streaming, dialect, isFrames ? ReplyFraming.EventStream : ReplyFraming.ServerSentEvents, stream);
        var whole = Meter(plain, dialect, ReplyFraming.Json, body);
        Assert.Equal(whole.Usage, streamed.Usage);
        Assert.Equal((whole.StopReason, whole.Ended, whole.Corrupt, whole.Error), (streamed.StopReason, streamed.Ended, streamed.Corrupt, streamed.Error));
    }

    private static ReplyReading Meter(Operation operation, Dialect dialect, ReplyFraming framing, byte[] reply)
    {
        using var meter = ReplyMeter.Create(operation, dialect, framing, new RequestFacts { Dialect = dialect });
        meter.Append(reply);
        return meter.Finish(_ => null);
    }
}
