using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Core;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Tests.Harness;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Routing;

/// <summary>Prices and abilities are those that ship.</summary>
public sealed class RouteLeverTests
{
    private const string Micro = "us.amazon.nova-micro-v1:0";
    private const string Haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Llama = "us.meta.llama3-1-8b-instruct-v1:0";

    [Fact]
    public async Task TheFirstRuleThatFitsSendsTheCallToItsModel()
    {
        using var gateway = Gateway(new RouteRule { Task = "triage", Use = "small" }, new RouteRule { Use = "large" });

        var record = (await gateway.CallAsync(Question().With(("x-sluice-tag-task", "triage")))).Record;

        Assert.Equal($"/model/{Uri.EscapeDataString(Micro)}/converse", Assert.Single(gateway.Upstream.Arrivals).Target);
        Assert.Equal(Question().Body, gateway.Upstream.Arrivals[0].Body);
        Assert.Equal((Sonnet, "amazon.nova-micro-v1:0"), (record.RequestedModel, record.ServedModel));
        var decision = Assert.Single(record.Decisions);
        Assert.Equal(("route", "small by rule 1 (task triage)"), (decision.Lever, decision.Why));
        Assert.True(decision.IsEstimated);
        Assert.Equal(record.Baseline - record.Cost, decision.Saving);
        Assert.True(decision.Saving > Money.Zero);
    }

    [Fact]
    public async Task EveryServedAnswerSaysWhichModelGaveItAndWhy()
    {
        using var gateway = Gateway(new RouteRule { Use = "small" });

        var answer = await gateway.CallAsync(Question());

        Assert.Contains("small by rule 1 (always)", answer.Headers["x-sluice-decisions"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutARuleThatFitsOrARouteTheCallGoesWhereItsCallerSentIt()
    {
        using var gateway = Gateway(new RouteRule { Task = "triage", Use = "small" });
        await gateway.CallAsync(Question());
        using var other = new LeverHarness(On, Router(new ModelRoute { Name = "chat", Scope = new LeverScope { App = "chat" }, Candidates = Candidates, Rules = [new RouteRule { Use = "small" }] }));
        await other.CallAsync(Question());

        Assert.Equal(Question().Target, Assert.Single(gateway.Upstream.Arrivals).Target);
        Assert.Equal(Question().Target, Assert.Single(other.Upstream.Arrivals).Target);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"What is this?"},{"image":{"format":"png","source":{"bytes":"aGVsbG8="}}}]}]}""", "images")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"Read"},{"document":{"format":"pdf","name":"a","source":{"bytes":"aGVsbG8="}}}]}]}""", "documents")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"additionalModelRequestFields":{"top_k":5}}""", "additionalModelRequestFields")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":50000}}""", "50000")]
    public async Task ACandidateThatWouldLoseSomethingIsPassedOverForTheNext(string body, string reason)
    {
        using var gateway = Gateway(new RouteRule { Use = "small" });

        var record = (await gateway.CallAsync(Question() with { Body = body })).Record;

        Assert.Equal($"/model/{Uri.EscapeDataString(Haiku)}/converse", Assert.Single(gateway.Upstream.Arrivals).Target);
        Assert.Contains("small is out", record.Decisions.Single().Why, StringComparison.Ordinal);
        Assert.Contains(reason, record.Decisions.Single().Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToolsDontGoToAModelThatIsNotKnownToTakeThem()
    {
        ImmutableArray<RouteCandidate> candidates = [new("small", ModelIdentifier.Parse("meta.llama3-8b-instruct-v1:0"))];
        using var gateway = new LeverHarness(On, Router(new ModelRoute { Name = "all", Scope = new LeverScope(), Candidates = candidates, Rules = [new RouteRule { Use = "small" }] }));
        var body = """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{"type":"object"}}}}]}}""";

        await gateway.CallAsync(Question() with { Body = body });

        Assert.Equal(Question().Target, Assert.Single(gateway.Upstream.Arrivals).Target);
    }

    [Fact]
    public async Task AnInvokeModelBodyStaysInItsFamily()
    {
        using var gateway = Gateway(new RouteRule { Use = "small" });

        var record = (await gateway.CallAsync(Invoke() with { Target = $"/model/{Uri.EscapeDataString(Sonnet)}/invoke" })).Record;

        Assert.Equal($"/model/{Uri.EscapeDataString(Haiku)}/invoke", Assert.Single(gateway.Upstream.Arrivals).Target);
        Assert.Contains("InvokeModel body is its own family's", record.Decisions.Single().Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingGoesBelowTheFloor()
    {
        using var gateway = new LeverHarness(On, Router(Route(new RouteRule { Use = "small" }) with { Floor = "middle" }));

        var record = (await gateway.CallAsync(Question())).Record;

        Assert.Equal($"/model/{Uri.EscapeDataString(Haiku)}/converse", Assert.Single(gateway.Upstream.Arrivals).Target);
        Assert.Equal("middle by rule 1 (always), raised to the floor", record.Decisions.Single().Why);
    }

    [Fact]
    public async Task WhatAwsRefusesGoesBackToTheAskedModelAndIsNotTriedAgainForAnHour()
    {
        using var gateway = Gateway(new RouteRule { Use = "small" });
        gateway.Upstream.Answer = arrival => arrival.Target.Contains("nova", StringComparison.Ordinal)
            ? PlayedReply.Whole("""{"message":"You don't have access to the model."}""", status: 403)
            : PlayedReply.Whole(ConverseReply("Hello"));

        var first = await gateway.CallAsync(Question());
        var second = await gateway.CallAsync(Question());

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal([Micro, Sonnet, Haiku], gateway.Upstream.Arrivals.Select(a => Uri.UnescapeDataString(a.Target.Split('/')[2])));
    }

    [Fact]
    public async Task InShadowTheLedgerSaysWhatARouteWouldHaveSaved()
    {
        using var gateway = new LeverHarness(new LeverOptions().With(Lever.Route, LeverMode.Shadow), Router(Route(new RouteRule { Use = "small" })));

        var record = (await gateway.CallAsync(Question())).Record;

        Assert.Equal(Question().Target, Assert.Single(gateway.Upstream.Arrivals).Target);
        var decision = Assert.Single(record.Decisions);
        Assert.True(decision is { IsShadow: true, Saving: not null } && decision.Saving > Money.Zero);
    }

    [Fact]
    public async Task AConversationStaysAtADearerModelWhoseCacheMakesItTheCheaper()
    {
        // Haiku reads a cached token for 0.11 dollars a million; Llama 3.1 8B has no cache and takes 0.22.
        ImmutableArray<RouteCandidate> candidates = [new("small", ModelIdentifier.Parse(Llama)), new("middle", ModelIdentifier.Parse(Haiku))];
        var route = new ModelRoute { Name = "all", Scope = new LeverScope(), Candidates = candidates, Rules = [new RouteRule { Hint = "best", Use = "middle" }, new RouteRule { Use = "small" }] };
        using var gateway = new LeverHarness(On, Router(route));
        gateway.Upstream.Answer = _ => PlayedReply.Whole("""{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":50,"outputTokens":10,"totalTokens":19060,"cacheReadInputTokens":19000}}""");
        var handbook = new string('x', 80_000);
        var question = Question() with { Body = $$$"""{"system":[{"text":"{{{handbook}}}"}],"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":20}}""" };

        await gateway.CallAsync(question.With((RequestTraits.HintHeader, "best")));
        var stayed = await gateway.CallAsync(question);
        // Nothing is known to be warm any more.
        gateway.Time.Advance(TimeSpan.FromMinutes(6));
        await gateway.CallAsync(question);

        Assert.Equal(["haiku", "haiku", "llama"], gateway.Upstream.Arrivals.Select(a => a.Target.Contains("haiku", StringComparison.Ordinal) ? "haiku" : "llama"));
        Assert.Equal("middle by rule 2 (always); stays at middle, whose cache is warm", stayed.Record.Decisions.Single().Why);
    }

    [Fact]
    public async Task WhereCallsGoIsCounted()
    {
        var watch = new RouteWatch();
        using var gateway = new LeverHarness(On, new RouteLever([new RouteChooser(Route(new RouteRule { Hint = "best", Use = "large" }, new RouteRule { Use = "small" }), null, PriceBook.Default, new WarmPlaces())], watch, TimeProvider.System));
        for (var i = 0; i < 3; i++)
            await gateway.CallAsync(Question());
        await gateway.CallAsync(Question().With((RequestTraits.HintHeader, "best")));

        var share = Assert.Single(watch.Shares);
        Assert.Equal([("large", 1L), ("small", 3L)], share.Calls.Select(c => (c.Key, c.Value)));
        Assert.Null(share.Drift);
    }

    [Fact]
    public void DriftIsSmallWhileScoresAreAsInTraining()
    {
        Assert.Equal(0, new RouteShare("all", new Dictionary<string, long>(), [.. Enumerable.Repeat(100L, 10)], 0).Drift!.Value, 1e-9);
        Assert.True(new RouteShare("all", new Dictionary<string, long>(), [500, 100, 50, 50, 50, 50, 50, 50, 50, 50], 0).Drift > 0.25);
    }

    private static LeverOptions On => new LeverOptions().With(Lever.Route, LeverMode.On);

    private static ImmutableArray<RouteCandidate> Candidates { get; } =
        [new("small", ModelIdentifier.Parse(Micro)), new("middle", ModelIdentifier.Parse(Haiku)), new("large", ModelIdentifier.Parse(Sonnet))];

    private static ModelRoute Route(params RouteRule[] rules) => new() { Name = "all", Scope = new LeverScope(), Candidates = Candidates, Rules = [.. rules] };

    private static LeverHarness Gateway(params RouteRule[] rules) => new(On, Router(Route(rules)));

    private static RouteLever Router(ModelRoute route, WarmPlaces? places = null) =>
        new([new RouteChooser(route, null, PriceBook.Default, places ?? new WarmPlaces())], new RouteWatch(), TimeProvider.System);

    private static Question Question() => new($"/model/{Uri.EscapeDataString(Sonnet)}/converse", """{"messages":[{"role":"user","content":[{"text":"Which lock is next?"}]}],"inferenceConfig":{"maxTokens":400}}""");
}
