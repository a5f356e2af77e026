using System.Buffers;
using System.Text;
using System.Text.Json;
using Sluice.Bedrock.EventStreams;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Bedrock.Tests.Replies;

/// <summary>Mistakes that other gateways shipped, each as the reply that brings it out.</summary>
public sealed class MeteringMistakesTests
{
    private const string Start = """{"type":"message_start","message":{"model":"claude","usage":{"input_tokens":3,"cache_creation_input_tokens":1200,"cache_read_input_tokens":25037,"cache_creation":{"ephemeral_5m_input_tokens":200,"ephemeral_1h_input_tokens":1000},"output_tokens":1}}}""";
    private const string Text = """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"The answer is forty-two, as ever."}}""";
    private const string Delta = """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":3,"cache_creation_input_tokens":1200,"cache_read_input_tokens":25037,"output_tokens":13}}""";

    [Fact]
    public void StreamedCacheReadsAreNotBilledAsInput()
    {
        var usage = ReadStream(Start, Text, Delta, Stop("""{"inputTokenCount":3,"outputTokenCount":13,"cacheReadInputTokenCount":25037,"cacheWriteInputTokenCount":1200}""")).Usage!;
        Assert.Equal((3, 25037), (usage.Input, usage.CacheRead));
    }

    [Fact]
    public void StreamedInvokeKeepsTheCacheCountsThatOnlyTheMetricsHave()
    {
        var usage = ReadStream(
            """{"type":"message_start","message":{"usage":{"input_tokens":3,"output_tokens":1}}}""", Text,
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":13}}""",
            Stop("""{"inputTokenCount":3,"outputTokenCount":13,"cacheReadInputTokenCount":25037,"cacheWriteInputTokenCount":1200}""")).Usage!;
        Assert.Equal(new Usage { Input = 3, CacheRead = 25037, CacheWrite5m = 1200, Output = 13 }, usage);
    }

    [Theory]
    [InlineData("""{"inputTokenCount":3,"outputTokenCount":13}""")]
    [InlineData("""{"inputTokenCount":3,"outputTokenCount":13,"cacheReadInputTokenCount":0,"cacheWriteInputTokenCount":0}""")]
    public void MetricsThatKnowNothingOfTheCacheDoNotReplaceTheUsage(string metrics) => Assert.Equal(
        new Usage { Input = 3, CacheRead = 25037, CacheWrite5m = 200, CacheWrite1h = 1000, Output = 13 },
        ReadStream(Start, Text, Delta, Stop(metrics)).Usage);

    [Fact]
    public void OneHourWritesOfConverseAreToldFromFiveMinuteWrites()
    {
        var usage = ReadJson(Operation.Converse, Dialect.Converse, """{"usage":{"inputTokens":5,"outputTokens":7,"cacheWriteInputTokens":3000,"cacheDetails":[{"ttl":"1h","inputTokens":2900},{"ttl":"5m","inputTokens":100}]}}""").Usage!;
        Assert.Equal((100, 2900), (usage.CacheWrite5m, usage.CacheWrite1h));
    }

    [Fact]
    public void CacheCountsOfAPlainAnthropicReplyAreNotLost()
    {
        var usage = ReadJson(Operation.InvokeModel, Dialect.Anthropic, """{"usage":{"input_tokens":3,"output_tokens":7,"cache_read_input_tokens":500,"cache_creation_input_tokens":600}}""").Usage!;
        Assert.Equal((500, 600), (usage.CacheRead, usage.CacheWrite5m));
    }

    [Fact]
    public void ThreeSourcesThatSayTheSameAreCountedOnce()
    {
        var usage = ReadJson(
            Operation.InvokeModel, Dialect.Anthropic,
            """{"usage":{"input_tokens":3,"output_tokens":7,"cache_read_input_tokens":500,"cache_creation_input_tokens":600},"amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":7,"cacheReadInputTokenCount":500,"cacheWriteInputTokenCount":600}}""",
            headers: Headers(3, 7, 500, 600)).Usage!;
        Assert.Equal(new Usage { Input = 3, CacheRead = 500, CacheWrite5m = 600, Output = 7 }, usage);
    }

    [Fact]
    public void ConverseInputIsNotReducedByTheCacheReads()
    {
        // Taking cacheRead off an input that already lacks it gave negative costs.
        var usage = ReadJson(Operation.Converse, Dialect.Converse, """{"usage":{"inputTokens":5,"outputTokens":7,"totalTokens":25049,"cacheReadInputTokens":25037}}""").Usage!;
        Assert.Equal(new Usage { Input = 5, CacheRead = 25037, Output = 7 }, usage);
    }

    [Fact]
    public void WritesThatAreToldInTotalAndSplitAreCountedOnce()
    {
        var usage = ReadJson(Operation.InvokeModel, Dialect.Anthropic, """{"usage":{"input_tokens":3,"output_tokens":7,"cache_creation_input_tokens":1200,"cache_creation":{"ephemeral_5m_input_tokens":200,"ephemeral_1h_input_tokens":1000}}}""").Usage!;
        Assert.Equal(1200, usage.CacheWrite5m + usage.CacheWrite1h);
    }

    [Fact]
    public void CachedTokensAreTakenOutOfOpenAiPromptTokens()
    {
        var usage = ReadJson(Operation.ChatCompletions, Dialect.OpenAi, """{"usage":{"prompt_tokens":2006,"completion_tokens":300,"prompt_tokens_details":{"cached_tokens":1920}}}""").Usage!;
        Assert.Equal(new Usage { Input = 86, CacheRead = 1920, Output = 300 }, usage);
    }

    [Fact]
    public void CountsOfMessageStartAndMessageDeltaAreNotAdded()
    {
        var usage = ReadStream(Start, Text, Delta, Delta, Stop("""{"inputTokenCount":3,"outputTokenCount":13}""")).Usage!;
        Assert.Equal((25037, 1200, 13), (usage.CacheRead, usage.CacheWrite5m + usage.CacheWrite1h, usage.Output));
    }

    [Fact]
    public void MoreCachedThanPromptTokensGivesNoNegativeInput()
    {
        var reading = ReadJson(Operation.ChatCompletions, Dialect.OpenAi, """{"usage":{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":400}}}""");
        Assert.Equal(new Usage { Input = 10, CacheRead = 400, Output = 3 }, reading.Usage);
        Assert.Equal(SuspectUsage.CacheAboveInput, reading.Suspect);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("100000001")]
    [InlineData("1e30")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("\"12\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[5]")]
    public void ACountThatCannotBeIsLeftOutAndFlagged(string count)
    {
        var reading = ReadJson(Operation.Converse, Dialect.Converse, $$$"""{"output":{"message":{"content":[{"text":"12345678"}]}},"usage":{"inputTokens":{{{count}}},"outputTokens":7}}""", new() { Dialect = Dialect.Converse, EstimatedInputTokens = 40 });
        Assert.Equal(SuspectUsage.ImpossibleCount, reading.Suspect);
        Assert.Equal(new Usage { Input = 40, Output = 7, Source = UsageSource.Estimated }, reading.Usage);
    }

    [Theory]
    [InlineData("12.0")]
    [InlineData("1.2e1")]
    public void AWholeNumberInAnotherSpellingIsACount(string count)
    {
        var reading = ReadJson(Operation.Converse, Dialect.Converse, $$$"""{"usage":{"inputTokens":{{{count}}},"outputTokens":7}}""");
        Assert.Equal((12, UsageSource.Measured, null), (reading.Usage!.Input, reading.Usage.Source, reading.Suspect));
    }

    [Fact]
    public void ThePlaceholderOfAnAbortedStreamIsNotItsOutput()
    {
        var usage = ReadStream(Start, Text).Usage!;
        Assert.Equal((25037, 1000, UsageSource.Estimated), (usage.CacheRead, usage.CacheWrite1h, usage.Source));
        // 33 bytes of text, four to a token.
        Assert.Equal(9, usage.Output);
    }

    [Fact]
    public void AReplyThatReportsZeroForTextItWroteIsNotFree()
    {
        var reading = ReadJson(Operation.Converse, Dialect.Converse, """{"output":{"message":{"content":[{"text":"12345678"}]}},"usage":{"inputTokens":0,"outputTokens":0}}""", new() { Dialect = Dialect.Converse, EstimatedInputTokens = 40 });
        Assert.Equal(new Usage { Input = 40, Output = 2, Source = UsageSource.Estimated }, reading.Usage);
        Assert.Equal(SuspectUsage.EmptyCounts, reading.Suspect);
    }

    [Fact]
    public void AbortingBeforeTheUsageChunkIsNotFree()
    {
        using var meter = ReplyMeter.Create(Operation.ChatCompletions, Dialect.OpenAi, ReplyFraming.ServerSentEvents, new() { Dialect = Dialect.OpenAi, EstimatedInputTokens = 40 });
        meter.Append("""data: {"choices":[{"delta":{"content":"All of the answer."}}]}"""u8);
        meter.Append("\n\n"u8);
        Assert.False(meter.IsSettled);
        var reading = meter.Finish(_ => null);
        Assert.Equal(new Usage { Input = 40, Output = 5, Source = UsageSource.Estimated }, reading.Usage);
        Assert.False(reading.Ended);
    }

    [Fact]
    public void AStreamThatFailsBeforeAnyWorkIsNotBilled()
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteException(output, "serviceUnavailableException"u8, """{"message":"Bedrock is unable to process your request."}"""u8);
        using var meter = ReplyMeter.Create(Operation.ConverseStream, Dialect.Converse, ReplyFraming.EventStream, new() { Dialect = Dialect.Converse, EstimatedInputTokens = 40 });
        meter.Append(output.WrittenSpan);
        var reading = meter.Finish(_ => null);
        Assert.Equal((Usage.None, "serviceUnavailableException", false), (reading.Usage, reading.Error, reading.Ended));
    }

    [Fact]
    public void ADrainedStreamCanStopAtItsLastReport()
    {
        using var meter = ReplyMeter.Create(Operation.InvokeModelWithResponseStream, Dialect.Anthropic, ReplyFraming.EventStream, new() { Dialect = Dialect.Anthropic });
        meter.Append(Frames(Start, Text, Delta));
        Assert.False(meter.IsSettled);
        meter.Append(Frames(Stop("""{"inputTokenCount":3,"outputTokenCount":13}""")));
        Assert.True(meter.IsSettled);
    }

    [Fact]
    public void ACorruptFrameMakesTheUsageAnEstimate()
    {
        var first = Frames(Start);
        first[^1] ^= 1;
        using var meter = ReplyMeter.Create(Operation.InvokeModelWithResponseStream, Dialect.Anthropic, ReplyFraming.EventStream, new() { Dialect = Dialect.Anthropic });
        meter.Append(first);
        meter.Append(Frames(Text, Delta, Stop("""{"inputTokenCount":3,"outputTokenCount":13}""")));
        var reading = meter.Finish(_ => null);
        Assert.True(reading.Corrupt);
        Assert.Equal((25037, 13, UsageSource.Estimated), (reading.Usage!.CacheRead, reading.Usage.Output, reading.Usage.Source));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    public void AnUnknownPathMayAnswerAnything(string body)
    {
        var reading = ReadJson(Operation.Unknown, Dialect.Unknown, body);
        Assert.Equal((null, true, false, null), (reading.Usage, reading.Ended, reading.Corrupt, reading.Error));
    }

    private static ReplyReading ReadStream(params ReadOnlySpan<string> events)
    {
        using var meter = ReplyMeter.Create(Operation.InvokeModelWithResponseStream, Dialect.Anthropic, ReplyFraming.EventStream, new() { Dialect = Dialect.Anthropic });
        meter.Append(Frames(events));
        return meter.Finish(_ => null);
    }

    private static ReplyReading ReadJson(
        Operation operation, Dialect dialect, string body, RequestFacts? facts = null, Func<string, string?>? headers = null)
    {
        using var meter = ReplyMeter.Create(operation, dialect, ReplyFraming.Json, facts ?? new() { Dialect = dialect });
        meter.Append(Encoding.UTF8.GetBytes(body));
        return meter.Finish(headers ?? (_ => null));
    }

    private static byte[] Frames(params ReadOnlySpan<string> events)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var inner in events)
        {
            var payload = JsonSerializer.SerializeToUtf8Bytes(new { bytes = Encoding.UTF8.GetBytes(inner), p = "abcdefghijklmnop" });
            EventStreamEncoder.WriteEvent(output, "chunk"u8, payload);
        }
        return output.WrittenSpan.ToArray();
    }

    private static string Stop(string metrics) => $$"""{"type":"message_stop","amazon-bedrock-invocationMetrics":{{metrics}}}""";

    private static Func<string, string?> Headers(int input, int output, int cacheRead, int cacheWrite) => name => name switch
    {
        "X-Amzn-Bedrock-Input-Token-Count" => input.ToString(),
        "X-Amzn-Bedrock-Output-Token-Count" => output.ToString(),
        "X-Amzn-Bedrock-Cache-Read-Input-Token-Count" => cacheRead.ToString(),
        "X-Amzn-Bedrock-Cache-Write-Input-Token-Count" => cacheWrite.ToString(),
        _ => null,
    };
}
