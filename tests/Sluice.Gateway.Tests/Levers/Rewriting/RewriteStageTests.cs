using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Tests.Harness;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Rewriting;

public sealed class RewriteStageTests
{
    private const string UsPath = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";
    private const string GlobalPath = "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";
    private const string Refusal = """{"message":"The provided model identifier is invalid."}""";

    private static readonly LeverOptions Output = new LeverOptions().With(Lever.Output, LeverMode.On);

    private static readonly LeverOptions Everything = new LeverOptions
    {
        Place = new PlaceOptions { AnyRegion = true, Tier = Core.Pricing.ServiceTier.Flex, StandardLatency = true },
    }.WithAll(LeverMode.On);

    [Fact]
    public async Task ALeverThatFailsSendsWhatTheCallerSent()
    {
        using var gateway = new LeverHarness(Output, new PlayedLever(_ => throw new InvalidOperationException("a fault of ours")));
        var answer = await gateway.CallAsync(Converse());

        Assert.Equal((200, Canned.ConverseReply), (answer.Status, answer.Text));
        Assert.Equal(Converse().Body, Assert.Single(gateway.Upstream.Arrivals).Body);
        Assert.Empty(answer.Record.Decisions);
        Assert.Equal(Canned.ConverseCost, answer.Record.Baseline.ToString());
    }

    [Fact]
    public async Task AnEconomyThatFailsLeavesTheSavingUnknownAndTheReplyWhole()
    {
        using var gateway = new LeverHarness(Output, new PlayedLever(
            invocation => new(invocation.Request, "nothing", _ => throw new InvalidOperationException("a fault of ours"), shape => shape)));
        var answer = await gateway.CallAsync(Converse());

        Assert.Equal((200, Canned.ConverseReply), (answer.Status, answer.Text));
        Assert.Equal(Canned.ConverseCost, answer.Record.Cost.ToString());
        Assert.Null(answer.Record.Baseline);
        Assert.Null(Assert.Single(answer.Record.Decisions).Saving);
    }

    [Fact]
    public async Task OfACallThatIsRefusedOrFailsNothingIsSaved()
    {
        var lever = new PlayedLever(invocation => new(
            invocation.Request, "shorter", shape => shape with { Usage = shape.Usage with { Input = shape.Usage.Input + 1_000 } }, shape => shape));
        var limits = new LimitOptions { Rules = [new LimitRule { Name = "few", RequestsPerMinute = 2 }] };
        using var gateway = new LeverHarness(new LeverSettings { Default = Output, ControlShare = 0 }, lever, limits: limits);
        Assert.Equal(Money.FromUsd(0.003m), Assert.Single((await gateway.CallAsync(Converse())).Record.Decisions).Saving);
        gateway.Upstream.Answer = _ => PlayedReply.Whole("{}", 424);
        var failed = (await gateway.CallAsync(Converse())).Record;
        var refused = await gateway.CallAsync(Converse());

        Assert.Equal((429, Outcome.Refused, "limit_exceeded"), (refused.Status, refused.Record.Outcome, refused.Record.Error));
        Assert.Contains("refused after 0 ms by few", refused.Headers["x-sluice-decisions"], StringComparison.Ordinal);
        Assert.All([failed, refused.Record], record =>
        {
            Assert.Equal((Money.Zero, Money.Zero), (record.Cost, record.Baseline));
            Assert.All(record.Decisions, decision => Assert.Equal(Money.Zero, decision.Saving));
        });
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task WhatTheUpstreamRefusesGoesAsTheCallerWroteItAndOnlyTheGoodReplyIsSeen(int status)
    {
        var lever = Changing();
        using var gateway = new LeverHarness(Output, lever);
        gateway.Upstream.Answer = a => a.Body.Contains("changed", StringComparison.Ordinal) ? PlayedReply.Whole(Refusal, status) : PlayedReply.Whole(Canned.ConverseReply);
        var answer = await gateway.CallAsync(Converse());

        Assert.Equal((200, Canned.ConverseReply), (answer.Status, answer.Text));
        Assert.Null(answer.Headers["x-sluice-decisions"]);
        Assert.Equal([Converse().Body + "changed", Converse().Body], gateway.Upstream.Arrivals.Select(a => a.Body));
        Assert.Equal(Outcome.Completed, answer.Record.Outcome);
        Assert.Equal([Money.Zero, Money.FromUsd(0.00045m)], answer.Record.Attempts.Select(a => a.Cost));
        Assert.Equal(answer.Record.Cost, answer.Record.Baseline);
        Assert.Empty(answer.Record.Decisions);
    }

    [Fact]
    public async Task SeveralLeversTogetherCostAtMostOneMoreAttempt()
    {
        var lever = Changing();
        using var gateway = new LeverHarness(Everything, lever);
        gateway.Upstream.Answer = a => a.Target == UsPath && !a.Body.Contains("changed", StringComparison.Ordinal) ? PlayedReply.Whole(Canned.ConverseReply) : PlayedReply.Whole(Refusal, 400);
        var answer = await gateway.CallAsync(Converse(path: UsPath));

        Assert.Equal(200, answer.Status);
        Assert.Equal([(GlobalPath, Converse().Body + "changed"), (UsPath, Converse().Body)], gateway.Upstream.Arrivals.Select(a => (a.Target, a.Body)));
        Assert.Equal(1, lever.Refusals);
    }

    [Fact]
    public async Task ARefusedPlaceIsRememberedForAnHour()
    {
        using var gateway = new LeverHarness(Everything);
        gateway.Upstream.Answer = a => a.Target == UsPath ? PlayedReply.Whole(Canned.ConverseReply) : PlayedReply.Whole(Refusal, 403);
        await gateway.CallAsync(Converse("one", path: UsPath));
        await gateway.CallAsync(Converse("two", path: UsPath));
        Assert.Equal([GlobalPath, UsPath, UsPath], gateway.Upstream.Arrivals.Select(a => a.Target));

        gateway.Time.Advance(TimeSpan.FromMinutes(61));
        await gateway.CallAsync(Converse("three", path: UsPath));
        Assert.Equal([GlobalPath, UsPath], gateway.Upstream.Arrivals.Skip(3).Select(a => a.Target));
    }

    [Theory]
    [InlineData(403, 0)]
    [InlineData(404, 0)]
    [InlineData(400, 1)]
    public async Task ALeverThatKeptThePlaceIsNotBlamedWhereThePlaceIsForbidden(int status, int refusals)
    {
        var lever = Changing();
        using var gateway = new LeverHarness(Everything, lever);
        gateway.Upstream.Answer = a => a.Target == UsPath ? PlayedReply.Whole(Canned.ConverseReply) : PlayedReply.Whole(Refusal, status);
        await gateway.CallAsync(Converse(path: UsPath));

        Assert.Equal(refusals, lever.Refusals);
    }

    [Fact]
    public async Task ARequestThatIsWrongByItselfGetsTheUpstreamsOwnErrorAndBlamesNoLever()
    {
        var lever = Changing();
        using var gateway = new LeverHarness(Everything, lever);
        gateway.Upstream.Answer = a => PlayedReply.Whole($$"""{"message":"malformed, attempt {{a.Number}}"}""", 400);
        var answer = await gateway.CallAsync(Converse(path: UsPath));

        Assert.Equal((400, """{"message":"malformed, attempt 2"}"""), (answer.Status, answer.Text));
        Assert.Equal("req-2", answer.Headers["x-amzn-requestid"]);
        Assert.Equal(Outcome.UpstreamError, answer.Record.Outcome);
        Assert.Equal(0, lever.Refusals);
        await gateway.CallAsync(Converse(path: UsPath));
        Assert.Equal(GlobalPath, gateway.Upstream.Arrivals[2].Target);
    }

    [Fact]
    public async Task WhoeverHasLeftNeedsNoFurtherAttempt()
    {
        using var gateway = new LeverHarness(Output, Changing());
        using var caller = new CancellationTokenSource();
        gateway.Upstream.Answer = _ =>
        {
            caller.Cancel();
            return PlayedReply.Whole(Refusal, 400);
        };
        var answer = await gateway.CallAsync(Converse(), caller);

        Assert.Single(gateway.Upstream.Arrivals);
        Assert.Equal(Outcome.ClientAborted, answer.Record.Outcome);
    }

    [Fact]
    public async Task AThrottleIsNoRefusal()
    {
        using var gateway = new LeverHarness(Output, Changing());
        gateway.Upstream.Answer = a => a.Number == 1 ? PlayedReply.Whole(Refusal, 429) : PlayedReply.Whole(Canned.ConverseReply);
        var call = gateway.CallAsync(Converse());
        while (!call.IsCompleted)
            gateway.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("played", (await call).Record.Decisions.Single().Why);
        Assert.All(gateway.Upstream.Arrivals, a => Assert.EndsWith("changed", a.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ShadowChangesNothingAndTellsWhatItWouldHaveSaved()
    {
        using var gateway = new LeverHarness(new LeverOptions().With(Lever.Output, LeverMode.Shadow), Changing());
        var answer = await gateway.CallAsync(Converse());

        Assert.Equal(Converse().Body, Assert.Single(gateway.Upstream.Arrivals).Body);
        Assert.Equal(Canned.ConverseCost, answer.Record.Baseline.ToString());
        var decision = Assert.Single(answer.Record.Decisions);
        // Half of 100 input tokens at 3 dollars a million.
        Assert.Equal((true, true, Money.FromUsd(0.00015m)), (decision.IsShadow, decision.IsEstimated, decision.Saving));
    }

    [Theory]
    [MemberData(nameof(Untouchable))]
    public async Task WhatNoLeverUnderstandsPassesByteForByte(string target, string body)
    {
        using var gateway = new LeverHarness(Everything);
        gateway.Upstream.Answer = _ => PlayedReply.Whole("{}");
        for (var i = 0; i < 3; i++)
            await gateway.CallAsync(new Question(target, body));

        Assert.Equal(3, gateway.Upstream.Arrivals.Count);
        Assert.All(gateway.Upstream.Arrivals, a => Assert.Equal((target, body), (a.Target, a.Body)));
    }

    [Fact]
    public async Task ARequestThatItsCallerSignedForTheUpstreamPassesByteForByteAndIsAskedEachTime()
    {
        using var gateway = new LeverHarness(Everything);
        var signed = (Converse(path: UsPath) with { KeyId = null }).With(("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00"));
        await gateway.CallAsync(signed);
        await gateway.CallAsync(signed);
        await gateway.CallAsync(signed with { Headers = [], Target = UsPath + "?X-Amz-Signature=00" });

        Assert.Equal([UsPath, UsPath, UsPath + "?X-Amz-Signature=00"], gateway.Upstream.Arrivals.Select(a => a.Target));
        Assert.All(gateway.Upstream.Arrivals, a => Assert.Equal(signed.Body, a.Body));
    }

    public static TheoryData<string, string> Untouchable => new()
    {
        { "/model/meta.llama3-8b-instruct-v1%3A0/invoke", """{"prompt":"Hello","temperature":0}""" },
        { "/model/cohere.command-r-v1%3A0/invoke", """{"message":"Hello","temperature":0}""" },
        { "/model/amazon.titan-embed-text-v2%3A0/invoke", """{"inputText":"Hello"}""" },
        { InvokePath, """{"anthropic_version":"bedrock-2023-05-31","temperature":0,"messages":[{"role":"user","content":"cut""" },
        { InvokePath, """{"temperature":0,"messages":[],"messages":[{"role":"user","content":"twice"}]}""" },
        { InvokePath, "not json at all" },
        { InvokePath, "" },
        { InvokePath, "[1,2,3]" },
        { Canned.ConversePath, """{"messages":{"role":"user"},"inferenceConfig":{"temperature":0}}""" },
        { Canned.ConversePath, """{"messages":null}""" },
        { "/guardrail/gr/version/1/apply", """{"source":"INPUT","content":[{"text":{"text":"Hello"}}]}""" },
        { "/no/such/path", """{"messages":[{"role":"user","content":"Hello"}],"temperature":0}""" },
    };

    /// <summary>Appends a word to the body, and claims that this halves the input.</summary>
    private static PlayedLever Changing() => new(invocation => new(
        invocation.Request with { Body = (byte[])[.. invocation.Request.Body.Span, .. "changed"u8] }, "played", shape => Times(shape, 2, 1), shape => Times(shape, 1, 2)));

    private static CallShape Times(CallShape shape, long by, long over) =>
        shape with { Usage = shape.Usage with { Input = shape.Usage.Input * by / over, Source = UsageSource.Estimated } };

    private sealed class PlayedLever(Func<Invocation, Gateway.Levers.Rewriting> rewrite) : IRewritingLever
    {
        /// <summary>A lever that has no stage of its own yet.</summary>
        public Lever Lever => Lever.Output;

        public int Refusals { get; private set; }

        public Gateway.Levers.Rewriting? Rewrite(Invocation invocation, out string whyNot)
        {
            whyNot = "";
            return rewrite(invocation);
        }

        public void Refused(Invocation invocation, InvocationRequest refused) => Refusals++;
    }
}
