using System.Text;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Bedrock.Tests.Replies;

public sealed class ReplyMeterPropertyTests
{
    private static readonly string[] Words = [
        "usage", "message", "metadata", "input_tokens", "output_tokens", "inputTokens", "outputTokens", "prompt_tokens", "cacheDetails",
        "cache_creation", "ephemeral_1h_input_tokens", "cacheReadInputTokens", "prompt_tokens_details", "cached_tokens", "iterations", "ttl", "1h",
        "type", "compaction", "message_stop", "error", "response", "status", "completed", "results", "tokenCount", "images", "prompt", "tokens",
        "amazon-bedrock-invocationMetrics", "inputTokenCount", "outputTokenCount", "trace", "guardrail", "inputAssessment", "invocationMetrics",
        "contentPolicyUnits", "stopReason", "stop_reason", "generation_token_count", "delta", "text", "content", "choices", "meta", "billed_units"];

    public static TheoryData<string> Cases => GoldenCase.Names();

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnyChunkingGivesTheSameReading(string name)
    {
        var golden = GoldenCase.Load(name);
        var whole = golden.Read(golden.Reply);
        Assert.Equal(whole, golden.Read([.. golden.Reply.Select(b => new[] { b })]));
        // Every place for a single cut in short replies, a sample of places in long ones.
        var step = 1 + (golden.Reply.Length / 2000);
        for (var cut = 0; cut <= golden.Reply.Length; cut += step)
            Assert.Equal(whole, golden.Read(golden.Reply[..cut], golden.Reply[cut..]));
        var random = new Random(name.Length);
        for (var round = 0; round < 50; round++)
            Assert.Equal(whole, golden.Read(CutAtRandom(golden.Reply, random)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ACutOffReplyIsNeverMeasuredAsSomethingElse(string name)
    {
        var golden = GoldenCase.Load(name);
        var whole = golden.Read(golden.Reply);
        var step = 1 + (golden.Reply.Length / 2000);
        for (var length = 0; length < golden.Reply.Length; length += step)
        {
            var reading = golden.Read(golden.Reply[..length]);
            if (reading.Usage is not { Source: UsageSource.Measured } usage || reading.Error is not null)
                continue;
            // Blanks and padding after the last count may be missing; a guardrail's units never are.
            Assert.Equal(whole.Usage, usage);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AFlippedBitNeverThrowsNorPassesForAMeasurementOfAFrame(string name)
    {
        var golden = GoldenCase.Load(name);
        var whole = golden.Read(golden.Reply);
        var random = new Random(17);
        for (var round = 0; round < 400; round++)
        {
            var damaged = golden.Reply.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            var reading = golden.Read(CutAtRandom(damaged, random));
            AssertSane(reading);
            if (golden.Framing == ReplyFraming.EventStream && reading is { Usage.Source: UsageSource.Measured, Error: null })
                Assert.Equal(whole.Usage, reading.Usage);
        }
    }

    [Fact]
    public void RandomRepliesNeverThrowAndNeverGiveNegativeCounts()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 20_000; round++)
        {
            var body = RandomBody(random);
            var operation = (Operation)random.Next(Enum.GetValues<Operation>().Length);
            var dialect = (Dialect)random.Next(Enum.GetValues<Dialect>().Length);
            var framing = (ReplyFraming)random.Next(3);
            var facts = new RequestFacts
            {
                Dialect = dialect,
                EstimatedInputTokens = random.Next(100),
                CacheLifetimes = (CacheLifetimes)random.Next(4),
                HasGuardrail = random.Next(2) == 0,
            };
            using var meter = ReplyMeter.Create(operation, dialect, framing, facts);
            foreach (var chunk in CutAtRandom(body, random))
                meter.Append(chunk);
            AssertSane(meter.Finish(_ => random.Next(4) == 0 ? random.Next(-5, 50).ToString() : null));
        }
    }

    internal static byte[][] CutAtRandom(byte[] bytes, Random random)
    {
        var chunks = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, 1 + random.Next(1 + random.Next(200)));
            chunks.Add(bytes[at..(at + length)]);
            at += length;
        }
        return [.. chunks];
    }

    /// <summary>JSON made of the words that the meter looks for, in places both right and wrong, sometimes damaged.</summary>
    internal static string RandomJson(Random random, int depth)
    {
        switch (depth == 0 ? random.Next(4) : random.Next(8))
        {
            case 0: return random.Next(8) switch { 0 => "-1", 1 => "1.5", 2 => "1e99", 3 => "99999999999999999999999", 4 => "12.0", _ => random.Next(5000).ToString() };
            case 1: return random.Next(3) == 0 ? """ "é\"\\\n😀\u0041 text" """ : Name(random);
            case 2: return random.Next(3) switch { 0 => "null", 1 => "true", _ => "false" };
            case 3: return random.Next(2) == 0 ? "{}" : "[]";
            case 4: return $"[{string.Join(" , ", Enumerable.Range(0, random.Next(4)).Select(_ => RandomJson(random, depth - 1)))}]";
            default:
                var members = Enumerable.Range(0, random.Next(6)).Select(_ => $"{Name(random)} :\t{RandomJson(random, depth - 1)}");
                return $"{{ {string.Join(",\n", members)} }}";
        }
    }

    private static string Name(Random random)
    {
        var word = Words[random.Next(Words.Length)];
        return random.Next(10) == 0 ? $"\"\\u{(int)word[0]:x4}{word[1..]}\"" : $"\"{word}\"";
    }

    private static byte[] RandomBody(Random random)
    {
        var json = RandomJson(random, 6);
        if (random.Next(4) == 0)
            json = $"data: {json}\n\ndata: {RandomJson(random, 3)}\r\n\r\n";
        var bytes = Encoding.UTF8.GetBytes(json);
        if (random.Next(4) == 0 && bytes.Length > 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static void AssertSane(ReplyReading reading)
    {
        if (reading.Usage is not { } usage)
            return;
        Assert.True(usage is { Input: >= 0, CacheRead: >= 0, CacheWrite5m: >= 0, CacheWrite1h: >= 0, Output: >= 0 }, usage.ToString());
        Assert.All(usage.Units, unit => Assert.True(unit.Count > 0));
    }
}
