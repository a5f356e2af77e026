using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Testing;

namespace Sluice.Core.Tests.Invocations;

public sealed class InvocationJsonTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void WritesEveryFieldUnderItsStableName()
    {
        var record = new InvocationRecord
        {
            InvocationId = "i-1",
            StartedAt = new DateTimeOffset(2026, 11, 21, 14, 0, 0, 5, TimeSpan.FromHours(2)),
            KeyId = "k-1",
            Tags = ImmutableSortedDictionary<string, string>.Empty.Add("team", "blau").Add("app", "chat"),
            Operation = Operation.InvokeModelWithResponseStream,
            Dialect = Dialect.OpenAiResponses,
            Streamed = true,
            RequestedModel = "us.m",
            ServedModel = "m",
            Region = "us-east-1",
            Profile = "us",
            Scope = Scope.Geographic,
            Tier = ServiceTier.Flex,
            Usage = new Usage { Input = 1, CacheRead = 2, CacheWrite5m = 3, CacheWrite1h = 4, Output = 5, Units = [new(UsageKind.SearchUnit, 1.5m)] },
            Cost = Money.FromUsd(0.0165795m),
            CostByKind = ImmutableSortedDictionary<UsageKind, Money>.Empty.Add(UsageKind.Output, Money.FromUsd(0.01m)).Add(UsageKind.Input, Money.FromUsd(0.0065795m)),
            PriceRows = ["prices.csv:2"],
            AnswerId = "resp_1",
            AnswerPending = true,
            Baseline = Money.FromUsd(0.02m),
            Decisions = [new Decision("cache", Money.FromUsd(0.0034205m), "prefix seen") { IsEstimated = true }],
            Conversation = "a1b2",
            HeldBack = "mark",
            Repeat = true,
            Outcome = Outcome.ClientAborted,
            StopReason = "end_turn",
            Attempts = [new AttemptRecord { Number = 1, StartedAt = Start, Upstream = "aws", Model = "us.m", Outcome = Outcome.UpstreamError, Status = 429, RequestId = "r", Error = "ThrottlingException", Usage = Usage.None, Cost = Money.Zero, UsageSuspect = SuspectUsage.TotalMismatch, DurationMs = 2 }],
            TtftMs = 12.5,
            RequestBytes = 100,
            ReplyBytes = 200,
        };

        const string Expected = """
            {"invocation_id":"i-1","started_at":"2026-11-21T12:00:00.0050000Z","key_id":"k-1","tags":{"app":"chat","team":"blau"},
            "operation":"InvokeModelWithResponseStream","dialect":"open_ai_responses","streamed":true,"requested_model":"us.m","served_model":"m",
            "region":"us-east-1","profile":"us","scope":"geographic","tier":"flex","latency_optimized":false,
            "usage":{"input":1,"cache_read":2,"cache_write_5m":3,"cache_write_1h":4,"output":5},"usage_source":"measured","units":{"search_unit":1.5},
            "cost_usd":"0.0165795","cost_unknown":null,"usage_suspect":"total_mismatch","answer_id":"resp_1","answer_pending":true,"cost_by_kind":{"input":"0.0065795","output":"0.01"},"price_rows":["prices.csv:2"],"baseline_usd":"0.02",
            "decisions":[{"lever":"cache","saving_usd":"0.0034205","why":"prefix seen","shadow":false,"estimated":true}],"conversation":"a1b2","control":false,"held_back":"mark","repeat":true,"outcome":"client_aborted","stop_reason":"end_turn","error":null,
            "attempts":[{"number":1,"started_at":"2026-11-21T12:00:00.0000000Z","upstream":"aws","model":"us.m","outcome":"upstream_error","status":429,"request_id":"r","error":"ThrottlingException",
            "usage":{"input":0,"cache_read":0,"cache_write_5m":0,"cache_write_1h":0,"output":0},"usage_source":"measured","units":{},"estimated_by":null,"cost_usd":"0","cost_unknown":null,"usage_suspect":"total_mismatch","ttft_ms":null,"duration_ms":2}],
            "ttft_ms":12.5,"duration_ms":null,"request_bytes":100,"reply_bytes":200}
            """;
        Assert.Equal(Expected.ReplaceLineEndings(""), Encoding.UTF8.GetString(InvocationJson.ToUtf8(record)));
    }

    [Fact]
    public void WritesNullForUsageAndCostThatAreNotKnown()
    {
        using var json = JsonDocument.Parse(InvocationJson.ToUtf8(new InvocationRecord { InvocationId = "i", StartedAt = Start, Operation = Operation.Converse }));

        foreach (var name in new[] { "usage", "usage_source", "cost_usd", "baseline_usd", "key_id" })
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty(name).ValueKind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ReadsBackWhatItWrote(int seed)
    {
        var random = new RandomInvocations(seed, Start);
        for (var i = 0; i < 3_000; i++)
        {
            var record = random.Chance(0.2) ? random.Intent() : random.Closed();
            var read = InvocationJson.Read(InvocationJson.ToUtf8(record));
            AssertEqual(record, read);
        }
    }

    [Fact]
    public void WritesMoneyAsMoneyWritesItself()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var digits = random.Next(1, 19);
            var money = Money.FromUsd(random.NextInt64((long)Math.Pow(10, digits)) / (decimal)Math.Pow(10, random.Next(0, 13)) * (random.Next(2) * 2 - 1));
            var text = Encoding.UTF8.GetString(InvocationJson.ToUtf8(new InvocationRecord { InvocationId = "i", StartedAt = Start, Operation = Operation.Converse, Cost = money }));
            Assert.Contains($"\"cost_usd\":\"{money}\"", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void SumsUnitsThatAUsageListsTwice()
    {
        var part = new Usage { Units = [new(UsageKind.SearchUnit, 1), new(UsageKind.OutputImage, 2)] };
        var record = new InvocationRecord { InvocationId = "i", StartedAt = Start, Operation = Operation.InvokeModel, Usage = part + part };

        var read = InvocationJson.Read(InvocationJson.ToUtf8(record));

        Assert.Equal([new(UsageKind.SearchUnit, 2), new(UsageKind.OutputImage, 4)], read.Usage!.Units);
    }

    [Fact]
    public void SkipsFieldsOfALaterVersion()
    {
        var read = InvocationJson.Read("""{"new":{"a":[1,{"b":2}]},"invocation_id":"i","started_at":"2026-11-21T12:00:00Z","attempts":[{"number":1,"newer":[[]],"upstream":"aws"}],"usage":{"input":3,"thoughts":9}}"""u8);

        Assert.Equal("i", read.InvocationId);
        Assert.Equal(3, read.Usage!.Input);
        Assert.Equal("aws", read.Attempts[0].Upstream);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"invocation_id\":\"i\"}")]
    [InlineData("{\"started_at\":\"2026-11-21T12:00:00Z\"}")]
    [InlineData("{\"invocation_id\":\"i\",\"started_at\":\"yesterday\"}")]
    [InlineData("{\"invocation_id\":7,\"started_at\":\"2026-11-21T12:00:00Z\"}")]
    [InlineData("{\"invocation_id\":\"i\",\"started_at\":\"2026-11-21T12:00:00Z\",\"outcome\":\"exploded\"}")]
    [InlineData("{\"invocation_id\":\"i\",\"started_at\":\"2026-11-21T12:00:00Z\",\"cost_usd\":\"much\"}")]
    [InlineData("{\"invocation_id\":\"i\",\"started_at\":\"2026-11-21T12:00:00Z\",\"usage\":{\"input\":1.5}}")]
    [InlineData("{\"invocation_id\":\"i\",\"started_at\":\"2026-11-21T12:00:00Z\",\"tags\":{\"a\"")]
    public void RefusesWhatIsNotAnInvocation(string text) =>
        Assert.ThrowsAny<JsonException>(() => InvocationJson.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void NeverFailsButWithAJsonException()
    {
        var random = new Random(11);
        var text = InvocationJson.ToUtf8(new RandomInvocations(3, Start).Closed());
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = (byte[])text.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                InvocationJson.Read(damaged.AsSpan(0, random.Next(damaged.Length + 1)));
            }
            catch (JsonException)
            {
                // The only failure that callers expect.
            }
        }
    }

    private static void AssertEqual(InvocationRecord expected, InvocationRecord actual)
    {
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected.CostByKind, actual.CostByKind);
        Assert.Equal(expected.PriceRows, actual.PriceRows);
        Assert.Equal(expected.Decisions, actual.Decisions);
        Assert.Equal(expected.Attempts, actual.Attempts);

        // Collections within a record compare by reference; with them made the same, the rest compares by value.
        Assert.Equal(expected, actual with
        {
            Tags = expected.Tags,
            CostByKind = expected.CostByKind,
            PriceRows = expected.PriceRows,
            Decisions = expected.Decisions,
            Attempts = expected.Attempts,
        });
    }
}
