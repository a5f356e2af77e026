using System.IO.Compression;
using System.Text;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Tests.Stages.Budgeting;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Stages.Recording;

/// <summary>What is booked for replies that say more, or less, than tokens. Prices are those of the book.</summary>
public sealed class OpenRecordTests : IDisposable
{
    private const string Canvas = "/model/amazon.nova-canvas-v1%3A0/invoke";
    private const string Responses = "/openai/v1/responses";
    private const string NovaTwoLite = "/model/us.amazon.nova-2-lite-v1%3A0/converse";

    private readonly LeverHarness _gateway = new(new LeverOptions());

    public void Dispose() => _gateway.Dispose();

    [Theory]
    [InlineData("turbo", null, ServiceTier.Unknown)]
    [InlineData("flex", "something-new", ServiceTier.Unknown)]
    [InlineData("fast", null, ServiceTier.Priority)]
    [InlineData("ultrafast", null, ServiceTier.Ultrafast)]
    // Who asked for a tier that is not known may have been served, and is billed, as standard.
    [InlineData("turbo", "default", ServiceTier.Default)]
    [InlineData("priority", "default", ServiceTier.Default)]
    public async Task TheTierThatServedDecidesAndOneThatIsNotKnownIsUnpriced(string asked, string? served, ServiceTier tier)
    {
        var record = await RecordAsync(NovaTwoLite, $$$"""{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"serviceTier":{"type":"{{{asked}}}"}}""",
            $$$"""{"output":{"message":{"content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":100,"outputTokens":10,"totalTokens":110}{{{(served is null ? "" : $$$""","serviceTier":{"type":"{{{served}}}"}""")}}}}""");
        Assert.Equal(tier, record.Tier);
        Assert.Equal(tier is ServiceTier.Unknown or ServiceTier.Ultrafast, record.Cost is null);
        if (tier == ServiceTier.Unknown)
            Assert.Equal($"the service tier '{served ?? asked}' is not known", record.CostUnknown);
        if (record.Cost is not null)
            Assert.Null(record.CostUnknown);
    }

    [Fact]
    public async Task WhatAReplyUsedBesideTokensIsPricedOrTheCostIsNotKnown()
    {
        var record = await RecordAsync(Responses, """{"model":"openai.gpt-5.6-terra","input":"news","tools":[{"type":"web_search"}]}""",
            """{"id":"resp_1","model":"openai.gpt-5.6-terra","status":"completed","service_tier":"default","output":[{"type":"web_search_call"}],"usage":{"input_tokens":1000,"input_tokens_details":{"cached_tokens":0},"output_tokens":10,"total_tokens":1010},"tool_usage":{"web_search":{"num_requests":2}}}""");
        Assert.Equal(2m, record.Usage!.Count(UsageKind.WebSearch));
        var tokens = record.CostByKind[UsageKind.Input] + record.CostByKind[UsageKind.Output];
        if (record.CostByKind.TryGetValue(UsageKind.WebSearch, out var fee))
            Assert.Equal(tokens + fee, record.Cost);
        else
            Assert.Equal((null, "there is no price for its web_search"), (record.Cost, record.CostUnknown));
    }

    [Fact]
    public async Task AUseThatNobodyKnowsMakesTheCostUnknownAndIsNamed()
    {
        var record = await RecordAsync("/openai/v1/chat/completions", """{"model":"openai.gpt-oss-20b-1:0","messages":[{"role":"user","content":"Hi"}]}""",
            """{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2,"num_sources_used":3}}""");
        Assert.Equal((10L, 1m, null), (record.Usage!.Input, record.Usage.Count(UsageKind.Unknown), record.Cost));
        Assert.Contains("'num_sources_used'", record.CostUnknown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASuspectReportIsMarkedAndItsCountsStand()
    {
        var record = await RecordAsync("/model/global.openai.gpt-5.6-sol/converse", Canned.ConverseRequest,
            """{"output":{"message":{"content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":12401,"outputTokens":20,"totalTokens":24820,"cacheReadInputTokens":8367,"cacheWriteInputTokens":4032}}""");
        Assert.Equal((SuspectUsage.InputMayIncludeCached, 12401L), (record.UsageSuspect, record.Usage!.Input));
        Assert.NotNull(record.Cost);
    }

    [Theory]
    [InlineData("us.cohere.embed-v4:0", "0.00012288")]
    // Another model of the family may well have a price for an image; the book has none.
    [InlineData("cohere.embed-english-v3", null)]
    public async Task TheBookSaysWhatAnImageCostsBesideItsTokens(string model, string? cost)
    {
        _gateway.Upstream.Answer = _ => PlayedReply.Whole("""{"embeddings":{"float":[[0.1]]},"response_type":"embeddings_by_type"}""", 200, ("X-Amzn-Bedrock-Input-Token-Count", "1024"));
        var answer = await _gateway.CallAsync(new Question($"/model/{Uri.EscapeDataString(model)}/invoke", """{"input_type":"image","embedding_types":["float"],"images":["data:image/png;base64,aGVsbG8="]}"""));
        Assert.Equal((1024L, cost), (answer.Record.Usage!.Input, answer.Record.Cost?.ToString()));
    }

    [Theory]
    [InlineData("""{"taskType":"TEXT_IMAGE","textToImageParams":{"text":"x"}}""", "0.04")]
    [InlineData("""{"taskType":"TEXT_IMAGE","imageGenerationConfig":{"width":1024,"height":1024}}""", "0.04")]
    [InlineData("""{"taskType":"TEXT_IMAGE","imageGenerationConfig":{"width":1008,"height":1040,"quality":"standard"}}""", "0.06")]
    [InlineData("""{"imageGenerationConfig":{"quality":"premium","height":512,"width":512},"taskType":"TEXT_IMAGE"}""", "0.06")]
    [InlineData("""{"taskType":"TEXT_IMAGE","imageGenerationConfig":{"width":2048,"quality":"premium"}}""", "0.08")]
    // The image to be changed has a size that the request does not tell.
    [InlineData("""{"taskType":"INPAINTING","inPaintingParams":{"image":"aGVsbG8="}}""", null)]
    [InlineData("""{"taskType":"TEXT_IMAGE","imageGenerationConfig":{"quality":"divine"}}""", null)]
    [InlineData("""{"taskType":"TEXT_IMAGE","imageGenerationConfig":{"width":9000,"height":9000}}""", null)]
    public async Task AnImageCostsWhatItsSizeAndQualityDo(string body, string? cost)
    {
        var record = await RecordAsync(Canvas, body, """{"images":["aGVsbG8="]}""");
        Assert.Equal((cost, "amazon.nova-canvas-v1:0"), (record.Cost?.ToString(), record.ServedModel));
    }

    /// <summary>The reply tells its tokens, and nothing of the seconds that are billed.</summary>
    [Fact]
    public async Task WhatIsBilledByLengthHasNoCostWithoutIt()
    {
        var record = await RecordAsync("/model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke",
            """{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"video":{"format":"mp4","source":{"bytes":"AAAA"}}}}""", """{"embeddings":[{"embedding":[0.1]}],"inputTextTokenCount":3}""");
        Assert.Null(record.Cost);
        Assert.Contains("second", record.CostUnknown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ACompressedReplyIsMeteredAndPassesAsItCame(string coding)
    {
        var packed = Packed(coding, Canned.ConverseReply);
        _gateway.Upstream.Answer = _ => Bytes(coding, packed);
        var answer = await _gateway.CallAsync(Questions.Converse().With(("Accept-Encoding", coding)));
        Assert.Equal(packed, answer.Bytes);
        Assert.Equal((100L, 10L, UsageSource.Measured, Outcome.Completed, null), (answer.Record.Usage!.Input, answer.Record.Usage.Output, answer.Record.Usage.Source, answer.Record.Outcome, answer.Record.Error));
        Assert.Equal(Canned.ConverseCost, answer.Headers["x-sluice-cost-usd"]);
        Assert.Equal(coding, Assert.Single(_gateway.Upstream.Arrivals).Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task AReplyThatNobodyCanReadIsCompletedAtACostThatIsNotKnown()
    {
        _gateway.Upstream.Answer = _ => Bytes("compress", [1, 2, 3]);
        var answer = await _gateway.CallAsync(Questions.Converse());
        Assert.Equal([1, 2, 3], answer.Bytes);
        Assert.Equal((null, Outcome.Completed, "the reply is compressed in a way that can't be read"), (answer.Record.Cost, answer.Record.Outcome, answer.Record.CostUnknown));
    }

    /// <summary>A lever has to read an answer; one that is compressed all the same is given to nobody else.</summary>
    [Fact]
    public async Task LeversAskForPlainAnswersAndStoreNoCompressedOne()
    {
        using var gateway = new LeverHarness(new LeverOptions().With(Lever.Recall, LeverMode.On));
        gateway.Upstream.Answer = _ => Bytes("gzip", Packed("gzip", Canned.ConverseReply));
        for (var i = 0; i < 2; i++)
            Assert.Equal(Outcome.Completed, (await gateway.CallAsync(Questions.Converse().With(("Accept-Encoding", "gzip")))).Record.Outcome);
        Assert.Equal(2, gateway.Upstream.Arrivals.Count);
        Assert.All(gateway.Upstream.Arrivals, a => Assert.Null(a.Headers["Accept-Encoding"]));
    }

    /// <summary>Its model and maximum are read from a copy; the bytes leave as they came, and no lever touches them.</summary>
    [Fact]
    public async Task ACompressedRequestIsReadAndLeavesAsItCame()
    {
        const string Body = """{"model":"openai.gpt-oss-20b-1:0","max_tokens":100,"temperature":0,"messages":[{"role":"user","content":"Hi"}]}""";
        using var gateway = new LeverHarness(new LeverOptions().WithAll(LeverMode.On), budgets: MemoryBudgets.Book(new ManualTime(), MemoryBudgets.Budget(1)));
        gateway.Upstream.Answer = _ => PlayedReply.Whole("""{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2}}""");
        var packed = Packed("gzip", Body);
        for (var i = 0; i < 2; i++)
        {
            var answer = await gateway.CallAsync(new Question("/openai/v1/chat/completions", "") { Packed = packed }.With(("Content-Encoding", "gzip")));
            Assert.Equal((200, "openai.gpt-oss-20b-1:0", 10L), (answer.Status, answer.Record.ServedModel, answer.Record.Usage!.Input));
            Assert.NotNull(answer.Record.Cost);
        }
        Assert.Equal([Encoding.UTF8.GetString(packed), Encoding.UTF8.GetString(packed)], gateway.Upstream.Arrivals.Select(a => a.Body));
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("gzip")]
    public async Task ARequestThatNobodyCanReadIsRefusedUnderAHardLimitAndElsewherePasses(string coding)
    {
        var question = new Question(Canned.ConversePath, "") { Packed = [1, 2, 3] }.With(("Content-Encoding", coding));
        using var hard = new LeverHarness(new LeverOptions(), budgets: MemoryBudgets.Book(new ManualTime(), MemoryBudgets.Budget(1)));
        var refused = await hard.CallAsync(question);
        Assert.Equal((400, Outcome.Refused), (refused.Status, refused.Record.Outcome));
        Assert.Contains("compressed in a way that can't be read", refused.Text.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);

        _gateway.Upstream.Answer = _ => PlayedReply.Whole(Canned.ConverseReply);
        Assert.Equal(Canned.ConverseCost, (await _gateway.CallAsync(question)).Record.Cost?.ToString());
    }

    [Fact]
    public async Task TagsBeyondTheBoundAreLeftOutAndCounted()
    {
        _gateway.Upstream.Answer = _ => PlayedReply.Whole(Canned.ConverseReply);
        var headers = Enumerable.Range(0, 40).Select(i => ($"x-sluice-tag-t{i:00}", new string('v', 200))).ToArray();
        var tags = (await _gateway.CallAsync(Questions.Converse().With(headers))).Record.Tags;
        Assert.True(tags.Sum(t => t.Key.Length + t.Value.Length) <= 4_096 + 30);
        Assert.Equal((40 - (tags.Count - 1)).ToString(System.Globalization.CultureInfo.InvariantCulture), tags["sluice_tags_dropped"]);
    }

    private static Task<PlayedReply> Bytes(string coding, byte[] body)
    {
        var reply = new PlayedReply { Headers = [("Content-Encoding", coding)] };
        reply.Write([.. body]);
        reply.End();
        return Task.FromResult(reply);
    }

    private static byte[] Packed(string coding, string text)
    {
        using var packed = new MemoryStream();
        using (Stream stream = coding == "br" ? new BrotliStream(packed, CompressionMode.Compress) : new GZipStream(packed, CompressionMode.Compress))
            stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private async Task<InvocationRecord> RecordAsync(string path, string body, string reply)
    {
        _gateway.Upstream.Answer = _ => PlayedReply.Whole(reply);
        return (await _gateway.CallAsync(new Question(path, body))).Record;
    }
}
