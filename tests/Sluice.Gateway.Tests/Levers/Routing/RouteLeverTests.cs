using System.Collections.Immutable;
using System.Text;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Core;
using Sluice.Core.Pricing;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;
using Sluice.Testing;
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
    public async Task AModelInTheBodyIsReplacedAndEveryOtherByteStays()
    {
        using var gateway = new LeverHarness(On, Router(Open("openai.gpt-oss-20b-1:0")));
        const string body = """{ "messages" : [{"role":"user","content":"H\u00e9llo \"model\""}], "model" :"openai.gpt-oss-120b-1:0" , "temperature":0.50 }""";
        gateway.Upstream.Answer = _ => PlayedReply.Whole(ChatReply);

        var record = (await gateway.CallAsync(new Question("/openai/v1/chat/completions", body))).Record;

        var arrival = Assert.Single(gateway.Upstream.Arrivals);
        Assert.Equal(("/openai/v1/chat/completions", body.Replace("oss-120b", "oss-20b", StringComparison.Ordinal)), (arrival.Target, arrival.Body));
        Assert.Equal(("openai.gpt-oss-120b-1:0", "openai.gpt-oss-20b-1:0"), (record.RequestedModel, record.ServedModel));
        Assert.Equal(record.Baseline - record.Cost, Assert.Single(record.Decisions).Saving);
        Assert.True(record.Decisions[0].Saving > Money.Zero);
    }

    [Fact]
    public async Task MessagesGoToAnotherModelOfTheirPath()
    {
        using var gateway = Gateway(new RouteRule { Use = "small" });
        var body = $$"""{"model":"{{Sonnet}}","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""";
        gateway.Upstream.Answer = _ => PlayedReply.Whole(InvokeReply("Hello"));

        var record = (await gateway.CallAsync(new Question("/anthropic/v1/messages", body))).Record;

        Assert.Equal(body.Replace(Sonnet, Haiku, StringComparison.Ordinal), Assert.Single(gateway.Upstream.Arrivals).Body);
        Assert.Contains("small is out: the Messages path serves Anthropic's models alone", record.Decisions.Single().Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai.gpt-oss-20b-1:0", """ "logit_bias":{"50256":-100} """, "logit_bias")]
    [InlineData("openai.gpt-oss-20b-1:0", """ "model":"openai.gpt-oss-120b-1:0" """, "name its model once")]
    [InlineData("us.openai.gpt-oss-20b-1:0", """ "n":1 """, "inference profile")]
    [InlineData("xai.grok-4.3", """ "n":1 """, "path of chat completions")]
    [InlineData("anthropic.claude-haiku-4-5-20251001-v1:0", """ "n":1 """, "path of chat completions")]
    [InlineData("qwen.qwen3-32b-v1:0", """ "response_format":{"type":"json_object"},"max_tokens":60000 """, "60000")]
    public void WhatWouldNotMeanTheSameInABodyKeepsItAtTheAskedModel(string candidate, string field, string reason)
    {
        var route = Open(candidate);
        var offer = Assert.Single(Offers(route, new Question("/openai/v1/chat/completions", $$"""{"model":"openai.gpt-oss-120b-1:0","messages":[{"role":"user","content":"Hello"}],{{field}}}""")));

        Assert.Contains(reason, offer.WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void ResponsesSayWhyTheyStayWhereTheyAre() =>
        Assert.Contains("go on from what AWS keeps", Assert.Single(Offers(Open("openai.gpt-oss-20b-1:0"), new Question("/openai/v1/responses", """{"model":"openai.gpt-oss-120b-1:0","input":"Hello"}"""))).WhyNot, StringComparison.Ordinal);

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

    [Fact]
    public async Task APromptRoutersFeeIsBilledAndItsChoiceIsComparedWithOurs()
    {
        var watch = new RouteWatch();
        var route = Route(new RouteRule { Use = "aws" }, new RouteRule { Use = "small" }) with { Candidates = [.. Candidates, new("aws", ModelIdentifier.Parse(PromptRouter))] };
        using var gateway = new LeverHarness(On, new RouteLever([new RouteChooser(route, null, PriceBook.Default, new WarmPlaces())], watch, TimeProvider.System));
        gateway.Upstream.Answer = _ => PlayedReply.Whole(RoutedReply("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-haiku-20240307-v1:0"));

        var record = (await gateway.CallAsync(Question())).Record;

        Assert.Equal("anthropic.claude-3-haiku-20240307-v1:0", record.ServedModel);
        // 100 tokens in for 0.25 dollars a million, 10 out for 1.25 (Claude 3 Haiku's list price), and a request for 0.001.
        Assert.Equal(Money.FromUsd(0.0010375m), record.Cost);
        Assert.Equal(record.Baseline - record.Cost, Assert.Single(record.Decisions).Saving);
        var share = Assert.Single(watch.Shares).PromptRouter;
        Assert.NotNull(share);
        Assert.Equal((1L, 0L, record.Cost), (share.Calls, share.Agreed, share.Cost));
        // The next rule's model: Nova Micro at 0.035 and 0.14 dollars a million.
        Assert.Equal(Money.FromUsd(0.0000049m), share.OwnCost);
    }

    [Fact]
    public void APromptRoutersCostIsARangeBetweenItsModelsWithItsFee()
    {
        var route = Route() with { Candidates = [new("aws", ModelIdentifier.Parse(PromptRouter)), new("own", ModelIdentifier.Parse(OwnPromptRouter)), new("told", ModelIdentifier.Parse(OwnPromptRouter)) { Between = [ModelIdentifier.Parse(Micro), ModelIdentifier.Parse(Haiku)] }, new("haiku", ModelIdentifier.Parse("anthropic.claude-3-haiku-20240307-v1:0"))] };
        var offers = Offers(route, Question()).ToDictionary(o => o.Candidate.Name, StringComparer.Ordinal);

        Assert.Equal(offers["haiku"].Cost + Money.FromUsd(0.001m), offers["aws"].Cost);
        Assert.True(offers["aws"].MostCost > offers["aws"].Cost);
        Assert.True(offers["own"] is { Cost: null, MostCost: null, WhyNot: null });
        Assert.True(offers["told"].MostCost > offers["told"].Cost && offers["told"].Cost > Money.FromUsd(0.001m));
        Assert.Null(offers["haiku"].MostCost);
    }

    private const string PromptRouter = "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1";
    private const string OwnPromptRouter = "arn:aws:bedrock:us-east-1:123456789012:prompt-router/abcdef123456";

    private const string ChatReply = """{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}""";

    private static string RoutedReply(string model) =>
        $$$$"""{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":100,"outputTokens":10,"totalTokens":110},"trace":{"promptRouter":{"invokedModelId":"{{{{model}}}}"}}}""";

    private static ModelRoute Open(string candidate) => new() { Name = "all", Scope = new LeverScope(), Candidates = [new("small", ModelIdentifier.Parse(candidate))], Rules = [new RouteRule { Use = "small" }] };

    private static ImmutableArray<RouteOffer> Offers(ModelRoute route, Question question)
    {
        var match = OperationTable.Match("POST", question.Target);
        var headers = new HeaderList();
        var body = Encoding.UTF8.GetBytes(question.Body);
        var facts = RequestReader.Read(match.Operation, match.ModelIdentifier, headers.First, body);
        using var upstream = new Upstream(new UpstreamOptions { Name = "test", Kind = UpstreamKind.Url, Region = "us-east-1", BaseAddress = new Uri("http://localhost") }, new PassThroughAuthorizer());
        using var lifetime = new InvocationLifetime(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), new ManualTime(), CancellationToken.None);
        using var invocation = new Invocation
        {
            Id = "1",
            StartedAt = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
            StartTimestamp = 0,
            Request = new InvocationRequest { Method = "POST", Target = RequestTarget.Of(question.Target), Operation = match.Operation, Model = ModelIdentifier.Parse(facts.Model!), Headers = headers, Body = body, Facts = facts },
            Upstream = upstream,
            Lifetime = lifetime,
        };
        using var traits = new RequestTraits(invocation);
        return new RouteChooser(route, null, PriceBook.Default, new WarmPlaces()).Offers(invocation, traits);
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
