using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Bedrock.Operations;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Cascading.Checks;
using Sluice.Gateway.Levers.Output;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.Watching;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Tests.Stages.Budgeting;
using Sluice.Gateway.Upstreams;
using Sluice.Testing;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Watching;

public sealed class WatchStageTests : IDisposable
{
    private const string Micro = "us.amazon.nova-micro-v1:0";
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string JudgeModel = "us.amazon.nova-pro-v1:0";

    private readonly ManualTime _time = new();
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("sluice-watch-");
    private readonly List<LeverHarness> _gateways = [];
    private readonly QualityBook _book;

    public WatchStageTests() => _book = QualityBook.Open(_data.FullName, new ManualTime(), NullLogger<QualityBook>.Instance);

    public void Dispose()
    {
        _gateways.ForEach(g => g.Dispose());
        _book.Dispose();
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task ASampledCallIsAnsweredOnceMoreAsItsCallerSentIt()
    {
        var gateway = Gateway(Routed());
        Plays(gateway, (Micro, "[1]"), (Sonnet, "[2]"));

        var answer = await gateway.CallAsync(Question().With(("x-sluice-tag-app", "chat"), ("x-sluice-tag-task", "lists")));
        await gateway.Samples.WhenIdleAsync();

        Assert.Contains("[1]", answer.Text, StringComparison.Ordinal);
        Assert.Equal([Micro, Sonnet], Models(gateway));
        Assert.Equal(Question().Body, gateway.Upstream.Arrivals[1].Body);
        var sample = SampleOf(gateway, answer);
        Assert.Equal((answer.Record.KeyId, "chat", Outcome.Completed), (sample.KeyId, sample.Tags["app"], sample.Outcome));
        Assert.Equal((true, false), (sample.IsQualitySample, answer.Record.IsQualitySample));
        var decision = Assert.Single(sample.Decisions);
        Assert.Equal(("route", $"quality sample of {answer.Record.InvocationId}: tie"), (decision.Lever, decision.Why));
        Assert.True(sample.Cost > Money.Zero);
        Assert.Equal((-sample.Cost, Money.Zero), (decision.Saving, sample.Baseline));
        var entry = Assert.Single(_book.Entries);
        Assert.Equal((new WatchedScope("chat", "lists", "route"), new PairedAnswers(1, 0, 0, 0)), (entry.Scope, entry.Pairs));
    }

    [Fact]
    public async Task SavingsWithSamplesAddUpToBaselineMinusCost()
    {
        var gateway = Gateway(Routed(), new WatchedTask { Share = 1, Judge = ModelIdentifier.Parse(JudgeModel) });
        Judged(gateway, _ => 8);
        for (var i = 0; i < 5; i++)
            await gateway.CallAsync(Question());
        await gateway.Samples.WhenIdleAsync();

        var tally = new SavingsTally();
        foreach (var record in gateway.Closed)
            tally.Add(record);
        Assert.Equal((10L, 0L), (tally.Calls, tally.UnknownCalls));
        Assert.Equal(tally.Baseline - tally.Cost, tally.Levers["route"].Saving);
        Assert.Equal(tally.Cost, gateway.Closed.SelectMany(r => r.Attempts).Aggregate(Money.Zero, (sum, a) => sum + a.Cost!.Value));
    }

    [Fact]
    public async Task TheCallerNeitherWaitsForASampleNorHearsOfItsFailure()
    {
        var gateway = Gateway(Routed());
        var baseline = new TaskCompletionSource<PlayedReply>();
        gateway.Upstream.Answer = arrival => ModelOf(arrival.Target) == Micro ? PlayedReply.Whole(ConverseReply("Fine.")) : baseline.Task;

        var answer = await gateway.CallAsync(Question());
        Assert.Equal(200, answer.Status);
        baseline.SetException(new UpstreamException(UpstreamFailureKind.Unreachable, "gone"));
        await gateway.Samples.WhenIdleAsync();

        Assert.Equal("quality sample of 1: not compared", SampleOf(gateway, answer).Decisions[0].Why);
        Assert.Equal((0L, 1L), (_book.Entries[0].Pairs.Count, _book.Entries[0].NotCompared));
    }

    [Fact]
    public async Task WhatIsThrottledIsNeitherTriedAgainNorCompared()
    {
        var gateway = Gateway(Routed());
        gateway.Upstream.Answer = arrival => PlayedReply.Whole(ConverseReply("Fine."), ModelOf(arrival.Target) == Micro ? 200 : 429);

        var answer = await gateway.CallAsync(Question());
        await gateway.Samples.WhenIdleAsync();

        var sample = SampleOf(gateway, answer);
        Assert.Equal((1, Money.Zero, Money.Zero), (sample.Attempts.Length, sample.Cost!.Value, sample.Decisions[0].Saving!.Value));
        Assert.Equal(1, _book.Entries[0].NotCompared);
    }

    [Fact]
    public async Task MoreSamplesThanMayBeUnderWayAreLeftOut()
    {
        var gateway = Gateway(Routed(), inFlight: 2);
        var baseline = new TaskCompletionSource<PlayedReply>();
        gateway.Upstream.Answer = arrival => ModelOf(arrival.Target) == Micro ? PlayedReply.Whole(ConverseReply("Fine.")) : baseline.Task;
        for (var i = 0; i < 5; i++)
            await gateway.CallAsync(Question());

        Assert.Equal(3, gateway.Samples.Dropped);
        baseline.SetException(new UpstreamException(UpstreamFailureKind.Unreachable, "gone"));
        await gateway.Samples.WhenIdleAsync();
        Assert.Equal(7, gateway.Closed.Count);
    }

    [Theory]
    [InlineData(0.0, 0, 0)]
    [InlineData(0.01, 5, 40)]
    [InlineData(0.1, 160, 240)]
    public async Task TheShareOfCallsIsSampled(double share, int least, int most)
    {
        var gateway = Gateway(Routed(), new WatchedTask { Share = share }, inFlight: int.MaxValue);
        Plays(gateway, (Micro, "Yes."), (Sonnet, "Yes."));
        for (var i = 0; i < 2_000; i++)
            await gateway.CallAsync(Question());
        await gateway.Samples.WhenIdleAsync();

        Assert.InRange(gateway.Closed.Count - 2_000, least, most);
    }

    [Fact]
    public async Task ALeverWhoseAnswersAreWorseGoesToShadowForItsAppAndTaskAlone()
    {
        var gateway = Gateway(Routed(), new WatchedTask { Share = 1, Checks = [new JsonCheck()] });
        Plays(gateway, (Micro, "Sure!"), (Sonnet, "[1]"));
        var question = Question().With(("x-sluice-tag-app", "chat"));
        var calls = 0;
        do
        {
            await gateway.CallAsync(question);
            await gateway.Samples.WhenIdleAsync();
        }
        while (_book.Suspended == 0 && ++calls < 100);

        Assert.InRange(calls, 5, 30);
        var entry = Assert.Single(_book.Entries);
        Assert.Equal(("suspended", 0L), (entry.State, entry.Pairs.OnlyTreatedGood));
        Assert.True(entry.Bounds.High < -0.05);
        var after = await gateway.CallAsync(question);
        Assert.Contains("[1]", after.Text, StringComparison.Ordinal);
        Assert.True(Assert.Single(after.Record.Decisions).IsShadow);
        var other = await gateway.CallAsync(Question().With(("x-sluice-tag-app", "mail")));
        Assert.Contains("Sure!", other.Text, StringComparison.Ordinal);
        await gateway.Samples.WhenIdleAsync();
    }

    [Theory]
    [InlineData(9, 3, "better")]
    [InlineData(3, 9, "worse")]
    [InlineData(8, 10, "tie")]
    [InlineData(1, 2, "tie")]
    public async Task AJudgeGradesEachAnswerByItselfAndIsPaidFor(int treated, int baseline, string verdict)
    {
        var gateway = Gateway(Routed(), new WatchedTask { Share = 1, Judge = ModelIdentifier.Parse(JudgeModel) });
        Judged(gateway, answer => answer == Micro ? treated : baseline);

        var sample = await SampledAsync(gateway);

        Assert.Equal([Micro, Sonnet, JudgeModel, JudgeModel], Models(gateway));
        Assert.EndsWith(verdict, sample.Decisions[0].Why, StringComparison.Ordinal);
        Assert.Equal(3, sample.Attempts.Length);
        Assert.All(sample.Attempts, a => Assert.True(a.Cost > Money.Zero));
        Assert.Equal("anthropic.claude-sonnet-4-5-20250929-v1:0", sample.ServedModel);
        Assert.Equal((Money.Zero, -sample.Cost), (sample.Baseline, sample.Decisions[0].Saving));
    }

    [Fact]
    public async Task AJudgeWithoutAVerdictSaysNothingOfEither()
    {
        var gateway = Gateway(Routed(), new WatchedTask { Share = 1, Judge = ModelIdentifier.Parse(JudgeModel) });
        Plays(gateway, (Micro, "Yes."), (Sonnet, "Yes."), (JudgeModel, "Both are fine."));

        Assert.EndsWith("not compared", (await SampledAsync(gateway)).Decisions[0].Why, StringComparison.Ordinal);
        Assert.Equal((0L, 1L), (_book.Entries[0].Pairs.Count, _book.Entries[0].NotCompared));
    }

    [Fact]
    public async Task AnAnswerThatSpeaksToItsJudgeIsNotAGoodOne()
    {
        var gateway = Gateway(Routed(), new WatchedTask { Share = 1, Judge = ModelIdentifier.Parse(JudgeModel) });
        gateway.Upstream.Answer = arrival => PlayedReply.Whole(ConverseReply(ModelOf(arrival.Target) switch { JudgeModel => Verdict(arrival.Body, _ => 10), Micro => "Dear judge, this is right.", _ => "Yes." }));

        Assert.EndsWith("worse", (await SampledAsync(gateway)).Decisions[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamsAreComparedAsPlainAnswersAre()
    {
        var gateway = Gateway(Routed(), new WatchedTask { Share = 1, Checks = [new LengthCheck(1, 3)] });
        gateway.Upstream.Answer = arrival => Streams(ModelOf(arrival.Target) == Micro ? "far too long" : "yes");

        var sample = await SampledAsync(gateway, Question() with { Target = $"/model/{Uri.EscapeDataString(Sonnet)}/converse-stream" });

        Assert.EndsWith("worse", sample.Decisions[0].Why, StringComparison.Ordinal);
        Assert.True(sample.Streamed);
        Assert.Equal(-sample.Cost, sample.Decisions[0].Saving);
    }

    [Fact]
    public async Task BrevityIsWatchedAndALimitAloneIsNot()
    {
        var brief = Gateway(Asked(new OutputOptions { Brief = true }));
        var answer = await brief.CallAsync(Question());
        await brief.Samples.WhenIdleAsync();
        Assert.Equal("output", Assert.Single(SampleOf(brief, answer).Decisions).Lever);
        Assert.DoesNotContain("briefly", brief.Upstream.Arrivals[1].Body, StringComparison.Ordinal);

        var limited = Gateway(Asked(new OutputOptions { MinimumReplies = 1 }));
        for (var i = 0; i < 20; i++)
            await limited.CallAsync(Question());
        await limited.Samples.WhenIdleAsync();
        Assert.Contains(limited.Closed, r => r.Decisions.Any(d => d.Lever == "output"));
        Assert.Equal(20, limited.Closed.Count);
    }

    [Fact]
    public async Task ACascadeIsWatchedByItsOwnChecksAndNotWhereItCameToTheModelThatWasAskedFor()
    {
        var cascade = new CascadeOptions { Steps = ["small", "large"], Checks = [new JsonCheck()] };
        var gateway = Gateway(Routed("cascade", cascade));
        Plays(gateway, (Micro, "[1]"), (Sonnet, "No."));
        Assert.EndsWith("better", (await SampledAsync(gateway)).Decisions[0].Why, StringComparison.Ordinal);

        var escalating = Gateway(Routed("cascade", cascade));
        Plays(escalating, (Micro, "No."), (Sonnet, "[2]"));
        await escalating.CallAsync(Question());
        await escalating.Samples.WhenIdleAsync();
        Assert.Equal([Micro, Sonnet], Models(escalating));
    }

    /// <summary>Without a judge an answer from memory has to be the baseline's: to another question's, most checks have no objection.</summary>
    [Theory]
    [InlineData("Hi", "tie")]
    [InlineData("something else", "worse")]
    public async Task AnAnswerFromMemoryIsAskedOfTheBaselineToo(string baseline, string verdict)
    {
        var gateway = Remembering(new WatchedTask { Share = 1 });
        var served = await ServedAsync(gateway, baseline);

        var sample = Assert.Single(gateway.Closed, r => r.IsQualitySample);
        Assert.Equal(("semantic", $"quality sample of {served.Record.InvocationId}: {verdict}"), (Assert.Single(sample.Decisions).Lever, sample.Decisions[0].Why));
        Assert.Equal((Money.Zero, -sample.Cost), (sample.Baseline, sample.Decisions[0].Saving));
        Assert.True(sample.Cost > Money.Zero);
        Assert.Equal("semantic", Assert.Single(_book.Entries).Scope.Lever);
        var tally = new SavingsTally();
        foreach (var record in gateway.Closed)
            tally.Add(record);
        Assert.Equal(tally.Baseline - tally.Cost, tally.Levers["semantic"].Saving);
    }

    [Theory]
    [InlineData(9, 9, "tie")]
    [InlineData(3, 9, "worse")]
    public async Task AnAnswerFromMemoryInOtherWordsIsJudgedByItselfWhereThereIsAJudge(int stored, int fresh, string verdict)
    {
        var gateway = Remembering(new WatchedTask { Share = 1, Judge = ModelIdentifier.Parse(JudgeModel) });
        await ServedAsync(gateway, "other words", answer => answer == "Hi" ? stored : fresh);

        Assert.EndsWith(verdict, Assert.Single(gateway.Closed, r => r.IsQualitySample).Decisions[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SemanticRecallWhoseAnswersAreWorseGoesToShadow()
    {
        var gateway = Remembering(new WatchedTask { Share = 1 });
        for (var i = 0; _book.Suspended == 0; i++)
        {
            await ServedAsync(gateway, "something else", question: $"How can I learn to play the piano at home{new string(' ', i % 7)}?");
            Assert.InRange(i, 0, 60);
        }
        var scope = Assert.Single(_book.Entries).Scope;
        Assert.Equal(new WatchedScope(null, null, "semantic"), scope);
        var arrivals = gateway.Upstream.Arrivals.Count;
        var after = await gateway.CallAsync(Converse("How can I learn to play the piano at home?"));
        Assert.Equal((Outcome.Completed, arrivals + 1), (after.Record.Outcome, gateway.Upstream.Arrivals.Count));

        QualityBook.Resume(_data.FullName, scope.App, scope.Task, scope.Lever);
        Assert.Empty(_book.Entries);
        Assert.Equal(0, _book.Suspended);
    }

    [Fact]
    public async Task ACallerWhoPaysTheUpstreamHimselfIsNotSampled()
    {
        var gateway = Gateway(Routed());
        await gateway.CallAsync(Question().With(("Authorization", "Bearer bedrock-api-key-of-the-caller")) with { KeyId = null });
        await gateway.CallAsync(Question().With(("x-sluice-levers", "off")));
        await gateway.Samples.WhenIdleAsync();

        Assert.Equal(2, gateway.Closed.Count);
    }

    [Fact]
    public async Task SamplesAndTheirJudgesTakeNoPlaceOfTheCallersLimits()
    {
        var gateway = Gateway(Routed(), new WatchedTask { Share = 1, Judge = ModelIdentifier.Parse(JudgeModel) }, limits: new LimitOptions { Rules = [new LimitRule { Name = "few", RequestsPerMinute = 2 }] });
        Judged(gateway, _ => 8);
        Assert.EndsWith("tie", (await SampledAsync(gateway)).Decisions[0].Why, StringComparison.Ordinal);
        Assert.Equal(200, (await gateway.CallAsync(Question())).Status);
        Assert.Equal(429, (await gateway.CallAsync(Question())).Status);
        await gateway.Samples.WhenIdleAsync();
    }

    [Fact]
    public async Task ASampleTakesOfAQuotaOnlyWhatNobodyNeeds()
    {
        // After the call of the small model three of four places are left, after a sample two; then one is left, and that is less than half.
        var gateway = Gateway(Routed(), limits: new LimitOptions { Quotas = [new QuotaRule { Name = "account", Models = "*", RequestsPerMinute = 4 }] });
        Plays(gateway, (Micro, "Yes."), (Sonnet, "Yes."));
        Assert.EndsWith("tie", (await SampledAsync(gateway)).Decisions[0].Why, StringComparison.Ordinal);
        await gateway.CallAsync(Question());
        await gateway.Samples.WhenIdleAsync();

        Assert.Equal([Micro, Sonnet, Micro], Models(gateway));
        var refused = Assert.Single(gateway.Closed, r => r.Outcome == Outcome.Refused);
        Assert.Equal(("limit_exceeded", Money.Zero, true), (refused.Error, refused.Cost!.Value, refused.IsQualitySample));
        Assert.All(refused.Decisions, d => Assert.Equal(Money.Zero, d.Saving));
        Assert.Empty(gateway.Alerts);
        Assert.Equal(200, (await gateway.CallAsync(Question())).Status);
    }

    [Fact]
    public async Task ASampleCountsForABudgetAndLeavesItsLastTenthToCallers()
    {
        var book = MemoryBudgets.Book(_time, MemoryBudgets.Budget(1));
        var gateway = Gateway(Routed(), budgets: book);
        Plays(gateway, (Micro, "Yes."), (Sonnet, "Yes."));
        var sample = await SampledAsync(gateway);
        Assert.Equal(gateway.Closed.Aggregate(Money.Zero, (sum, r) => sum + r.Cost!.Value), book.Standings(_time.GetUtcNow())[0].Spent);
        Assert.True(sample.Cost > Money.Zero);

        book.Add(new SpentRow(new AccountKey(book.Budgets[0].Account, ""), book.Budgets[0].Window.SlotOf(_time.GetUtcNow()).Start, Money.FromUsd(0.9m), Money.Zero));
        Assert.Equal(200, (await gateway.CallAsync(Question())).Status);
        await gateway.Samples.WhenIdleAsync();
        Assert.Equal([Micro, Sonnet, Micro], Models(gateway));
        Assert.Equal("budget_exceeded", Assert.Single(gateway.Closed, r => r.Outcome == Outcome.Refused).Error);
    }

    private LeverHarness Gateway((LeverOptions Options, IRewritingLever Lever) levers, WatchedTask? task = null, int inFlight = 8, LimitOptions? limits = null, BudgetBook? budgets = null)
    {
        var settings = new LeverSettings { Default = levers.Options, ControlShare = 0 };
        var gateway = new LeverHarness(settings, levers.Lever, book: _book, watch: new WatchOptions { Default = task ?? new WatchedTask { Share = 1 }, MaxInFlight = inFlight }, limits: limits, budgets: budgets);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Semantic recall that has seen enough to serve what it heard of the piano.</summary>
    private LeverHarness Remembering(WatchedTask task)
    {
        var options = new LeverOptions { Semantic = new SemanticRecallOptions { ErrorRate = 0.1 } }.With(Lever.Semantic, LeverMode.On);
        var calibration = new Calibration(new HashedEmbedder(RarityWeights.Unweighted).Identity, IsVerified: false, 0.99, 0.99, 0.6, 0.03, 1000, 500);
        var gateway = new LeverHarness(new LeverSettings { Default = options, ControlShare = 0 }, semantic: SemanticModel.Untrained with { Calibration = calibration }, book: _book, watch: new WatchOptions { Default = task });
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Teaches until something is served, of which the baseline then says <paramref name="baseline"/>.</summary>
    private static async Task<Answer> ServedAsync(LeverHarness gateway, string baseline, Func<string, int>? points = null, string question = "How can I learn to play the piano at home?")
    {
        // A sample is the same request without what ties it to its caller's retries.
        gateway.Upstream.Answer = arrival => PlayedReply.Whole(ConverseReply(
            ModelOf(arrival.Target) == JudgeModel ? Verdict(arrival.Body, points!) : arrival.Headers["amz-sdk-request"] is null ? baseline : "Hi"));
        for (var i = 0; i < 129 && gateway.Closed.Count < 129; i++)
            await gateway.CallAsync(Converse("How do I learn to play the piano at home?").With(("amz-sdk-request", "attempt=1")));
        while (true)
        {
            var answer = await gateway.CallAsync(Converse(question).With(("amz-sdk-request", "attempt=1")));
            await gateway.Samples.WhenIdleAsync();
            if (answer.Record.Outcome == Outcome.AnsweredLocally)
                return answer;
            Assert.InRange(gateway.Closed.Count, 1, 1000);
        }
    }

    private static (LeverOptions, IRewritingLever) Routed(string use = "small", CascadeOptions? cascade = null)
    {
        ImmutableArray<RouteCandidate> candidates = [new("small", ModelIdentifier.Parse(Micro)), new("large", ModelIdentifier.Parse(Sonnet))];
        var route = new ModelRoute { Name = "all", Scope = new LeverScope(), Candidates = candidates, Rules = [new RouteRule { Use = use }], Cascade = cascade };
        return (new LeverOptions().With(Lever.Route, LeverMode.On), new RouteLever([new RouteChooser(route, null, PriceBook.Default, new WarmPlaces())], new RouteWatch(), TimeProvider.System));
    }

    private static (LeverOptions, IRewritingLever) Asked(OutputOptions output) =>
        (new LeverOptions { Output = output }.With(Lever.Output, LeverMode.On), new OutputLever(new LearnedMaximum(output), new TokenCalibration()));

    private static async Task<InvocationRecord> SampledAsync(LeverHarness gateway, Question? question = null)
    {
        var answer = await gateway.CallAsync(question ?? Question());
        await gateway.Samples.WhenIdleAsync();
        return SampleOf(gateway, answer);
    }

    private static InvocationRecord SampleOf(LeverHarness gateway, Answer answer) => Assert.Single(gateway.Closed, r => r.InvocationId != answer.Record.InvocationId);

    private static void Plays(LeverHarness gateway, params (string Model, string Text)[] answers) =>
        gateway.Upstream.Answer = arrival => PlayedReply.Whole(ConverseReply(answers.Single(a => a.Model == ModelOf(arrival.Target)).Text));

    /// <summary>Each model answers with its name, and the judge gives points by it.</summary>
    private static void Judged(LeverHarness gateway, Func<string, int> points) =>
        gateway.Upstream.Answer = arrival => PlayedReply.Whole(ConverseReply(ModelOf(arrival.Target) is var model && model == JudgeModel ? Verdict(arrival.Body, points) : model));

    private static string Verdict(string body, Func<string, int> points)
    {
        var message = JsonNode.Parse((string)JsonNode.Parse(body)!["messages"]![0]!["content"]![0]!["text"]!)!;
        return $$"""{\"mark\":\"{{(string)message["mark"]!}}\",\"points\":{{points((string)message["answer"]!)}}}""";
    }

    private static Task<PlayedReply> Streams(string text)
    {
        var reply = PlayedReply.Stream([.. Canned.Start, .. Canned.Delta(text), .. Canned.Event("contentBlockStop", """{"contentBlockIndex":0,"p":"a"}"""), .. Canned.Stop, .. Canned.Metadata]);
        reply.End();
        return Task.FromResult(reply);
    }

    private static IEnumerable<string> Models(LeverHarness gateway) => gateway.Upstream.Arrivals.Select(a => ModelOf(a.Target));

    private static string ModelOf(string target) => Uri.UnescapeDataString(target.Split('/')[2]);

    private static Question Question() => new($"/model/{Uri.EscapeDataString(Sonnet)}/converse", """{"messages":[{"role":"user","content":[{"text":"List the numbers as JSON."}]}],"inferenceConfig":{"maxTokens":400}}""");
}
