using Sluice.Core;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;

namespace Sluice.Gateway.Tests.Levers.Placing;

/// <summary>A call does not leave its warm cache for a price that is a little lower.</summary>
public sealed class WarmConversationTests : IDisposable
{
    private const string Us = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";
    private const string Global = "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";
    private static readonly string Handbook = string.Concat(Enumerable.Repeat("Every answer names the chapter. ", 1_500));

    private readonly LeverHarness _gateway = new(new LeverOptions { Place = new PlaceOptions { AnyRegion = true } }.With(Lever.Place, LeverMode.On));
    private bool _refusesGlobal = true;

    public WarmConversationTests() => _gateway.Upstream.Answer = arrival => _refusesGlobal && arrival.Target == Global
        ? PlayedReply.Whole("""{"message":"You don't have access to the model."}""", status: 403)
        : PlayedReply.Whole("""{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":50,"outputTokens":10,"totalTokens":10060,"cacheReadInputTokens":10000}}""");

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task AfterARefusalAConversationStaysWhereItThenRan()
    {
        await AskAsync("first");
        Assert.Equal([Global, Us], _gateway.Upstream.Arrivals.Select(a => a.Target));
        _refusesGlobal = false;
        for (var minutes = 0; minutes < 180; minutes += 20)
        {
            _gateway.Time.Advance(TimeSpan.FromMinutes(20));
            await AskAsync("first");
            Assert.Equal(Us, _gateway.Upstream.Arrivals[^1].Target);
        }
        var decision = Assert.Single((await AskAsync("first")).Record.Decisions);
        Assert.Equal((Money.Zero, "stays where it ran after AWS refused another place"), (decision.Saving, decision.Why));

        // Another one moves again: nothing of it is warm, and the refusal is over.
        _gateway.Time.Advance(TimeSpan.FromMinutes(20));
        await AskAsync("second");
        Assert.Equal(Global, _gateway.Upstream.Arrivals[^1].Target);
    }

    [Fact]
    public async Task ASharedBeginningThatIsWarmHereKeepsANewConversationUntilItHasExpired()
    {
        await AskAsync("first");
        _refusesGlobal = false;
        _gateway.Time.Advance(TimeSpan.FromMinutes(58));
        await AskAsync("first");
        _gateway.Time.Advance(TimeSpan.FromMinutes(3));

        var answer = await AskAsync("second");
        Assert.Equal(Us, _gateway.Upstream.Arrivals[^1].Target);
        var decision = Assert.Single(answer.Record.Decisions);
        Assert.Equal(Money.Zero, decision.Saving);
        Assert.Contains("10000 tokens are warm there", decision.Why, StringComparison.Ordinal);
        Assert.Equal(answer.Record.Baseline, answer.Record.Cost);

        _gateway.Time.Advance(TimeSpan.FromMinutes(6));
        await AskAsync("third");
        Assert.Equal(Global, _gateway.Upstream.Arrivals[^1].Target);
        // Now it is warm there, and nobody goes back.
        await AskAsync("fourth");
        Assert.Equal(Global, _gateway.Upstream.Arrivals[^1].Target);
    }

    private Task<Answer> AskAsync(string question) => _gateway.CallAsync(new Question(
        Us, $$"""{"system":[{"text":"{{Handbook}}"}],"messages":[{"role":"user","content":[{"text":"{{question}}"}]}]}"""));
}
