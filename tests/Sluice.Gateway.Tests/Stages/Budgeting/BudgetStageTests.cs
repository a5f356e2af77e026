using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Cascading.Checks;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Tests.Harness;
using Sluice.Testing;
using static Sluice.Gateway.Tests.Harness.Questions;
using static Sluice.Gateway.Tests.Stages.Budgeting.MemoryBudgets;

namespace Sluice.Gateway.Tests.Stages.Budgeting;

public sealed class BudgetStageTests : IDisposable
{
    private const string Micro = "us.amazon.nova-micro-v1:0";
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

    private readonly ManualTime _time = new();
    private readonly List<LeverHarness> _gateways = [];

    public void Dispose() => _gateways.ForEach(g => g.Dispose());

    [Fact]
    public async Task ACallIsBookedAtWhatTheLedgerSays()
    {
        var book = Book(_time, Budget(1));
        var answer = await Gateway(book).CallAsync(Converse(parameters: "\"maxTokens\":20"));
        Assert.Equal(200, answer.Status);
        var standing = Assert.Single(book.Standings(_time.GetUtcNow()));
        Assert.Equal((answer.Record.Cost!.Value, Money.Zero, Money.Zero), (standing.Spent, standing.Unknown, standing.Held));
    }

    [Fact]
    public async Task ARefusedCallIsNeitherSentNorTriedAgainAndStandsInTheLedgerAsRefused()
    {
        var gateway = Gateway(Book(_time, Budget(0.0001m)));
        // 20 output tokens at 15 dollars a million are more than that.
        var answer = await gateway.CallAsync(Converse(parameters: "\"maxTokens\":20"));
        Assert.Equal((400, "ServiceQuotaExceededException"), (answer.Status, answer.Headers["x-amzn-ErrorType"]));
        Assert.Contains("'b'", answer.Text, StringComparison.Ordinal);
        Assert.Empty(gateway.Upstream.Arrivals);
        Assert.Equal((Outcome.Refused, "budget_exceeded", Money.Zero), (answer.Record.Outcome, answer.Record.Error, answer.Record.Cost));
        // In the shape of the caller's own protocol.
        Assert.Contains("\"code\":\"ServiceQuotaExceededException\"", (await gateway.CallAsync(Chat(more: ",\"max_tokens\":9000"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAttemptThatAwsDoesNotBillGivesBackWhatWasHeldAndItsRetryPaysForItself()
    {
        var book = Book(_time, Budget(0.002m));
        var gateway = Gateway(book);
        gateway.Upstream.Answer = arrival => arrival.Number == 1 ? PlayedReply.Whole("{}", 503) : PlayedReply.Whole(Canned.ConverseReply);
        var calling = gateway.CallAsync(Converse(parameters: "\"maxTokens\":50"));
        gateway.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await calling).Status);
        Assert.Equal(2, gateway.Upstream.Arrivals.Count);
        Assert.Equal((await calling).Record.Cost, book.Standings(_time.GetUtcNow())[0].Spent);
    }

    [Fact]
    public async Task AStepUpThatIsRefusedServesTheAnswerThatIsHereAndSaysSo()
    {
        // Room for the small model's 400 tokens, not for those of the large one.
        var gateway = Gateway(Book(_time, Budget(0.002m)), Cascade());
        gateway.Upstream.Answer = _ => PlayedReply.Whole(ConverseReply("No JSON at all."));
        var answer = await gateway.CallAsync(Asked());
        Assert.Equal(200, answer.Status);
        Assert.Contains("No JSON at all.", answer.Text, StringComparison.Ordinal);
        Assert.Single(gateway.Upstream.Arrivals);
        Assert.Contains("the next step was refused (budget_exceeded)", answer.Headers["x-sluice-decisions"], StringComparison.Ordinal);
        Assert.Equal((Outcome.Completed, "amazon.nova-micro-v1:0"), (answer.Record.Outcome, answer.Record.ServedModel));
        Assert.Equal(Assert.Single(answer.Record.Attempts).Cost, answer.Record.Cost);
    }

    [Fact]
    public async Task ARefusalIsNotTakenForAwsRefusingWhatLeversMade()
    {
        // The route takes the call to a model that the budget has no room for; the caller's own is dearer still.
        var lever = RoutedBy(new RouteRule { Use = "large" });
        var gateway = Gateway(Book(_time, Budget(0.0001m)), lever);
        var answer = await gateway.CallAsync(Asked(Micro));
        Assert.Equal(400, answer.Status);
        Assert.Equal("budget_exceeded", answer.Record.Error);
        Assert.Empty(gateway.Upstream.Arrivals);
    }

    [Fact]
    public async Task ARouteTakesItsCheapestModelFromTheThresholdOn()
    {
        var book = Book(_time, Budget(1, thresholds: [new(80, BudgetAction.Cheaper, [])]));
        var gateway = Gateway(book, RoutedBy(new RouteRule { Use = "large" }));
        await gateway.CallAsync(Asked());
        book.Add(new SpentRow(new AccountKey(book.Budgets[0].Account, ""), book.Budgets[0].Window.SlotOf(_time.GetUtcNow()).Start, Money.FromUsd(0.8m), Money.Zero));
        var answer = await gateway.CallAsync(Asked());
        Assert.Equal([Sonnet, Micro], gateway.Upstream.Arrivals.Select(a => Uri.UnescapeDataString(a.Target.Split('/')[2])));
        Assert.Contains("takes the cheapest", answer.Headers["x-sluice-decisions"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AForbiddenModelIsRoutedAwayOrRefused()
    {
        var book = Book(_time, Budget(1, thresholds: [new(50, BudgetAction.Forbid, ["*sonnet*"])]));
        book.Add(new SpentRow(new AccountKey(book.Budgets[0].Account, ""), book.Budgets[0].Window.SlotOf(_time.GetUtcNow()).Start, Money.FromUsd(0.5m), Money.Zero));
        Assert.Equal("amazon.nova-micro-v1:0", (await Gateway(book, RoutedBy(new RouteRule { Use = "asked" })).CallAsync(Asked())).Record.ServedModel);
        var refused = await Gateway(book).CallAsync(Asked());
        Assert.Equal(400, refused.Status);
        Assert.Contains("forbids anthropic.claude-sonnet-4-5", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARoutingRuleByBudgetFiresAtItsShareAndNotBefore()
    {
        var book = Book(_time, Budget(15, thresholds: [new(100, BudgetAction.Alert, [])]));
        var gateway = Gateway(book, RoutedBy(new RouteRule { Use = "small", BudgetUsed = new CountRange(80, long.MaxValue) }));
        var account = new AccountKey(book.Budgets[0].Account, "");
        var slot = book.Budgets[0].Window.SlotOf(_time.GetUtcNow()).Start;
        book.Add(new SpentRow(account, slot, Money.FromUsd(0.4m), Money.Zero));
        Assert.Equal("anthropic.claude-sonnet-4-5-20250929-v1:0", (await gateway.CallAsync(Asked())).Record.ServedModel);
        book.Add(new SpentRow(account, slot, Money.FromUsd(11.6m), Money.Zero));
        Assert.Equal("amazon.nova-micro-v1:0", (await gateway.CallAsync(Asked())).Record.ServedModel);
    }

    [Fact]
    public async Task WhatIsAnsweredWithoutAnUpstreamCostsNothing()
    {
        var book = Book(_time, Budget(0.002m));
        var gateway = Gateway(book, options: new LeverOptions().With(Lever.Recall, LeverMode.On));
        var question = Converse(parameters: "\"maxTokens\":50,\"temperature\":0");
        for (var i = 0; i < 5; i++)
            Assert.Equal(200, (await gateway.CallAsync(question)).Status);
        Assert.Single(gateway.Upstream.Arrivals);
        Assert.Equal(Money.FromUsd(0.00045m), book.Standings(_time.GetUtcNow())[0].Spent);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"Grüße, 世界 🚀"}]}],"inferenceConfig":{"maxTokens":10}}""")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"\u00e9\u4e16\ud83d\ude80\n\t"}]}],"inferenceConfig":{"maxTokens":10}}""")]
    public async Task TheBytesOfTheBodyBoundItsTokens(string body)
    {
        var journal = new MemoryBudgets();
        await Gateway(Book(_time, Budget(1), journal)).CallAsync(new Question(Canned.ConversePath, body));
        // Global Sonnet 4.5: 3 dollars a million for each byte at least, 15 for each of the ten tokens.
        Assert.True(Assert.Single(journal.Holds).Amount >= Money.FromUsd((System.Text.Encoding.UTF8.GetByteCount(body) * 0.000003m) + 0.00015m));
    }

    private LeverHarness Gateway(BudgetBook book, RouteLever? lever = null, LeverOptions? options = null)
    {
        var gateway = new LeverHarness(options ?? new LeverOptions().With(Lever.Route, LeverMode.On), lever, budgets: book);
        _gateways.Add(gateway);
        return gateway;
    }

    private static RouteLever RoutedBy(RouteRule rule, CascadeOptions? cascade = null)
    {
        ImmutableArray<RouteCandidate> candidates = [new("small", ModelIdentifier.Parse(Micro)), new("large", ModelIdentifier.Parse(Sonnet))];
        var route = new ModelRoute { Name = "all", Scope = new LeverScope(), Candidates = candidates, Rules = [rule], Cascade = cascade };
        return new RouteLever([new RouteChooser(route, null, PriceBook.Default, new WarmPlaces())], new RouteWatch(), TimeProvider.System);
    }

    private static RouteLever Cascade() => RoutedBy(new RouteRule { Use = "cascade" }, new CascadeOptions { Steps = ["small", "large"], Checks = [new JsonCheck()] });

    private static Question Asked(string model = Sonnet) =>
        new($"/model/{Uri.EscapeDataString(model)}/converse", """{"messages":[{"role":"user","content":[{"text":"List the numbers as JSON."}]}],"inferenceConfig":{"maxTokens":400}}""");
}
