using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Alerts;
using Sluice.Core.Invocations;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Stages.Limiting;

public sealed class LimitStageTests
{
    private static readonly Question Converse = new(Canned.ConversePath, Canned.ConverseRequest);

    [Fact]
    public async Task ACallBeyondALimitIsRefusedInBedrocksShapeAndNotTriedAgain()
    {
        using var gateway = Gateway(new LimitRule { Name = "per-key", RequestsPerMinute = 2 });
        Assert.Equal(200, (await gateway.CallAsync(Converse)).Status);
        Assert.Equal(200, (await gateway.CallAsync(Converse)).Status);
        var refused = await gateway.CallAsync(Converse).WaitAsync(HangGuard.Limit);

        Assert.Equal((429, "ThrottlingException", "61"), (refused.Status, refused.Headers["x-amzn-ErrorType"], refused.Headers["Retry-After"]));
        Assert.Equal(
            "Too many requests for the gateway's limit 'per-key' of 2 requests per minute (sk-one). There should be room at 2026-11-21T12:01:01Z; please wait 61 s before trying again, or have the limit raised.",
            JsonDocument.Parse(refused.Text).RootElement.GetProperty("message").GetString());
        Assert.Equal(2, gateway.Upstream.Arrivals.Count);
        // Another key has its own count, and a minute later so has this one.
        Assert.Equal(200, (await gateway.CallAsync(Converse with { KeyId = "sk-two" })).Status);
        gateway.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(200, (await gateway.CallAsync(Converse)).Status);
    }

    [Fact]
    public async Task TheLedgerSaysThatALimitRefusedTheCallAndHowLongItWaited()
    {
        using var gateway = Gateway(new LimitRule { Name = "per-key", RequestsPerMinute = 1 });
        await gateway.CallAsync(Converse);
        var record = (await gateway.CallAsync(Converse).WaitAsync(HangGuard.Limit)).Record;

        Assert.Equal((Outcome.Refused, "limit_exceeded", 0), (record.Outcome, record.Error, record.Attempts.Length));
        Assert.Equal((Core.Money.Zero, Core.Money.Zero), (record.Cost, record.Baseline));
        var decision = Assert.Single(record.Decisions);
        Assert.Equal((Decision.Limit, Core.Money.Zero, "refused after 0 ms by per-key: 1 requests per minute"), (decision.Lever, decision.Saving, decision.Why));
        var tally = new SavingsTally();
        tally.Add(record);
        Assert.Empty(tally.Levers);
    }

    [Theory]
    [InlineData(LimitPer.Key, "sk-one")]
    [InlineData(LimitPer.Key | LimitPer.Model, "sk-one with anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData(LimitPer.App | LimitPer.Model, "chat with anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData(LimitPer.Key | LimitPer.App | LimitPer.Model, "sk-one with chat with anthropic.claude-sonnet-4-5-20250929-v1:0")]
    public async Task CallsAreCountedTogetherThatAreAlikeInAllThatALimitNames(LimitPer per, string subject)
    {
        using var gateway = Gateway(new LimitRule { Name = "few", Per = per, RequestsPerMinute = 1 });
        var question = Converse.With(("x-sluice-tag-app", "chat"));
        Assert.Equal(200, (await gateway.CallAsync(question)).Status);
        var refused = await gateway.CallAsync(question);
        Assert.Equal(429, refused.Status);
        Assert.Contains($"({subject})", refused.Text, StringComparison.Ordinal);
        // Whoever differs in one of them has a count of its own.
        Assert.Equal(per.HasFlag(LimitPer.Key) ? 200 : 429, (await gateway.CallAsync(question with { KeyId = "sk-two" })).Status);
        Assert.Equal(per.HasFlag(LimitPer.App) ? 200 : 429, (await gateway.CallAsync(Converse.With(("x-sluice-tag-app", "mail")))).Status);
        Assert.Equal(per.HasFlag(LimitPer.Model) ? 200 : 429, (await gateway.CallAsync(question with { Target = "/model/us.amazon.nova-pro-v1%3A0/converse" })).Status);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"openai.gpt-oss-20b-1:0","messages":[{"role":"user","content":"Hi"}]}""", """{"error":{"message":"Too many requests""", "rate_limit_error")]
    [InlineData("/anthropic/v1/messages", """{"model":"anthropic.claude-sonnet-4-5-20250929-v1:0","max_tokens":10,"messages":[{"role":"user","content":"Hi"}]}""", """{"type":"error","error":{"type":"rate_limit_error","message":"Too many requests""", "rate_limit_error")]
    public async Task TheRefusalSpeaksTheCallersDialect(string path, string body, string begins, string type)
    {
        using var gateway = Gateway(new LimitRule { Name = "all", Per = LimitPer.All, RequestsPerMinute = 1 });
        await gateway.CallAsync(new Question(path, body));
        var refused = await gateway.CallAsync(new Question(path, body)).WaitAsync(HangGuard.Limit);

        Assert.Equal(429, refused.Status);
        Assert.StartsWith(begins, refused.Text, StringComparison.Ordinal);
        Assert.Contains(type, refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AThrottleOfAwsIsStillTriedAgainAndEachAttemptCounts()
    {
        using var gateway = Gateway(new LimitRule { Name = "per-key", RequestsPerMinute = 2 });
        gateway.Upstream.Answer = arrival => arrival.Number == 1 ? PlayedReply.Whole("{}", 429) : PlayedReply.Whole(Canned.ConverseReply);
        var call = gateway.CallAsync(Converse);
        await AdvanceUntilAsync(gateway, call, TimeSpan.FromMilliseconds(100));

        Assert.Equal(200, (await call).Status);
        Assert.Equal(2, gateway.Upstream.Arrivals.Count);
        Assert.Equal(429, (await gateway.CallAsync(Converse).WaitAsync(HangGuard.Limit)).Status);
    }

    [Fact]
    public async Task AStreamHoldsItsPlaceUntilItHasEnded()
    {
        using var gateway = Gateway(new LimitRule { Name = "places", Concurrency = 1 });
        var stream = PlayedReply.Stream(Canned.Start);
        gateway.Upstream.Answer = _ => Task.FromResult(stream);
        var first = gateway.CallAsync(new Question(Canned.StreamPath, Canned.ConverseRequest));
        var refused = await gateway.CallAsync(Converse).WaitAsync(HangGuard.Limit);
        Assert.Equal((429, "1"), (refused.Status, refused.Headers["Retry-After"]));

        stream.Write(Canned.Metadata);
        stream.End();
        await first.WaitAsync(HangGuard.Limit);
        gateway.Upstream.Answer = _ => PlayedReply.Whole(Canned.ConverseReply);
        Assert.Equal(200, (await gateway.CallAsync(Converse)).Status);
    }

    [Fact]
    public async Task TokensAreHeldAtTheMostAndSettledByWhatTheReplySays()
    {
        // Held: 2 tokens of input by estimate and 5 x 100 of output; used: 100 in and 10 out at burndown 5, so 150.
        using var gateway = Gateway(new LimitRule { Name = "tokens", TokensPerMinute = 700 });
        var question = Converse with { Body = """{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"inferenceConfig":{"maxTokens":100}}""" };
        Assert.Equal(200, (await gateway.CallAsync(question)).Status);
        Assert.Equal(200, (await gateway.CallAsync(question)).Status);
        // 300 are used, and 502 more would be 802.
        var refused = await gateway.CallAsync(question).WaitAsync(HangGuard.Limit);
        Assert.Contains("of 700 tokens per minute", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailedAttemptGivesItsTokensBack()
    {
        using var gateway = Gateway(new LimitRule { Name = "tokens", TokensPerMinute = 600 });
        gateway.Upstream.Answer = arrival => arrival.Number == 1 ? PlayedReply.Whole("""{"message":"no"}""", 400) : PlayedReply.Whole(Canned.ConverseReply);
        var question = Converse with { Body = """{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"inferenceConfig":{"maxTokens":100}}""" };
        Assert.Equal(400, (await gateway.CallAsync(question)).Status);
        Assert.Equal(200, (await gateway.CallAsync(question)).Status);
    }

    [Fact]
    public async Task WhoseTurnHasNotComeWaitsAndTheLedgerSaysHowLong()
    {
        using var gateway = Gateway(new QuotaRule { Name = "sonnet", Models = "*sonnet*", RequestsPerMinute = 60 });
        for (var i = 0; i < 60; i++)
            Assert.Equal(200, (await gateway.CallAsync(Converse)).Status);
        var waiting = gateway.CallAsync(Converse);
        Assert.Equal(1, gateway.Limits.Waiting);
        gateway.Time.Advance(TimeSpan.FromSeconds(1));
        var answer = await waiting.WaitAsync(HangGuard.Limit);

        Assert.Equal(200, answer.Status);
        Assert.Equal((Decision.Limit, "waited 1000 ms for quota sonnet"), (answer.Record.Decisions[0].Lever, answer.Record.Decisions[0].Why));
        Assert.Equal(answer.Record.Cost, answer.Record.Baseline);
    }

    [Fact]
    public async Task WhoWaitsTooLongIsThrottled()
    {
        using var gateway = Gateway(new QuotaRule { Name = "sonnet", Models = "*sonnet*", TokensPerMinute = 600, MaxWait = TimeSpan.FromSeconds(5) });
        gateway.Upstream.Answer = _ => Task.FromResult(PlayedReply.Stream(Canned.Start));
        var first = gateway.CallAsync(new Question(Canned.StreamPath, Canned.ConverseRequest));
        var waiting = gateway.CallAsync(Converse);
        gateway.Time.Advance(TimeSpan.FromSeconds(5));
        var refused = await waiting.WaitAsync(HangGuard.Limit);

        Assert.Equal((429, "55"), (refused.Status, refused.Headers["Retry-After"]));
        Assert.Contains("'sonnet' of 600 tokens per minute (sk-one), after a wait of 5.0 s", refused.Text, StringComparison.Ordinal);
        Assert.Equal("refused after 5000 ms by sonnet: 600 tokens per minute", Assert.Single(refused.Record.Decisions).Why);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task ACallerWhoLeavesWhileWaitingFreesThePlace()
    {
        using var gateway = Gateway(new QuotaRule { Name = "sonnet", Models = "*sonnet*", RequestsPerMinute = 1 });
        await gateway.CallAsync(Converse);
        using var caller = new CancellationTokenSource();
        var waiting = gateway.CallAsync(Converse, caller);
        Assert.Equal(1, gateway.Limits.Waiting);
        await caller.CancelAsync();
        var record = (await waiting.WaitAsync(HangGuard.Limit)).Record;

        Assert.Equal((Outcome.ClientAborted, 0, 0), (record.Outcome, record.Attempts.Length, gateway.Limits.Waiting));
        Assert.Single(gateway.Upstream.Arrivals);
    }

    [Fact]
    public async Task ALimitIsToldOfOnceAnHour()
    {
        using var gateway = Gateway(new LimitRule { Name = "per-key", RequestsPerMinute = 1 });
        for (var i = 0; i < 5; i++)
            await gateway.CallAsync(Converse).WaitAsync(HangGuard.Limit);
        var alert = Assert.Single(gateway.Alerts);
        Assert.Equal((AlertKind.Limit, "per-key: sk-one", "2026-11-21T12"), (alert.Kind, alert.Subject, alert.Occasion));
        Assert.Contains("limits.rules", alert.Advice, StringComparison.Ordinal);
        gateway.Time.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 5; i++)
            await gateway.CallAsync(Converse).WaitAsync(HangGuard.Limit);
        Assert.Equal(2, gateway.Alerts.Count);
    }

    [Fact]
    public async Task AModelWithoutAPriceIsToldOfOnceAMonth()
    {
        using var gateway = Gateway();
        var question = Converse with { Target = "/model/us.nobody.knows-v1%3A0/converse" };
        for (var i = 0; i < 3; i++)
            await gateway.CallAsync(question);
        await gateway.CallAsync(Converse);
        var alert = Assert.Single(gateway.Alerts);
        Assert.Equal((AlertKind.UnpricedModel, "us.nobody.knows-v1:0", "2026-11"), (alert.Kind, alert.Subject, alert.Occasion));
        gateway.Time.Advance(TimeSpan.FromDays(10));
        await gateway.CallAsync(question);
        Assert.Equal("2026-12", gateway.Alerts[^1].Occasion);
    }

    [Fact]
    public void ACallThatNoLimitMeetsIsPassedOnWithoutAnAllocation()
    {
        using var metrics = new GatewayMetrics();
        using var book = new LimitBook(TimeProvider.System);
        var options = new LimitOptions
        {
            Rules = [new LimitRule { Name = "other", Scope = new LeverScope { KeyId = "sk-other" }, RequestsPerMinute = 1 }],
            Quotas = [new QuotaRule { Name = "other", Models = "*nova*", RequestsPerMinute = 1 }],
        };
        var stage = new LimitStage(options, book, new ModelResolver(new Dictionary<string, string>(), TimeProvider.System, NullLogger<ModelResolver>.Instance), metrics, raise: null, TimeProvider.System, NullLogger<LimitStage>.Instance);
        using var call = LooseInvocation.Converse();
        Next next = static (_, _) => default;
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var i = 0; i < 1_000; i++)
                Invoke();
        }));

        void Invoke()
        {
            var task = stage.InvokeAsync(call.Invocation, next, CancellationToken.None);
            Assert.True(task.IsCompletedSuccessfully);
        }
    }

    private static LeverHarness Gateway(params LimitRule[] rules) =>
        new(new LeverSettings { ControlShare = 0 }, limits: new LimitOptions { Rules = [.. rules] });

    private static LeverHarness Gateway(QuotaRule quota) =>
        new(new LeverSettings { ControlShare = 0 }, limits: new LimitOptions { Quotas = [quota] });

    private static async Task AdvanceUntilAsync(LeverHarness gateway, Task task, TimeSpan step)
    {
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        while (!task.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            gateway.Time.Advance(step);
            await Task.Yield();
        }
    }
}
