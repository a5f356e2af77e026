using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;
using Sluice.Gateway.Levers.Output;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Tests.Harness;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Output;

public sealed class CutReplyStageTests
{
    private static readonly LeverOptions On = new LeverOptions().With(Lever.Output, LeverMode.On);

    [Fact]
    public async Task AReplyThatALearnedLimitCutsIsAskedForAgainAtTheCallersOwn()
    {
        using var gateway = await TaughtAsync();
        gateway.Upstream.Answer = arrival => PlayedReply.Whole(LimitOf(arrival.Body) < 400 ? Reply("max_tokens", 30) : Reply("end_turn", 90));

        var answer = await gateway.CallAsync(Question());

        Assert.Contains("end_turn", answer.Text, StringComparison.Ordinal);
        var arrivals = gateway.Upstream.Arrivals;
        Assert.InRange(LimitOf(arrivals[^2].Body), 20, 100);
        Assert.Equal(Question().Body, arrivals[^1].Body);
    }

    [Fact]
    public async Task BothAttemptsAreBilledAndTheFirstIsANegativeSaving()
    {
        using var gateway = await TaughtAsync();
        gateway.Upstream.Answer = arrival => PlayedReply.Whole(LimitOf(arrival.Body) < 400 ? Reply("max_tokens", 30) : Reply("end_turn", 90));

        var record = (await gateway.CallAsync(Question())).Record;

        Assert.Equal([Outcome.Completed, Outcome.Completed], record.Attempts.Select(a => a.Outcome));
        Assert.Equal(record.Cost, record.Attempts[0].Cost + record.Attempts[1].Cost);
        var decision = Assert.Single(record.Decisions);
        Assert.Equal((Lever.Output.Name(), -record.Attempts[0].Cost!.Value), (decision.Lever, decision.Saving!.Value));
        Assert.Equal(record.Attempts[1].Cost, record.Baseline);
    }

    [Fact]
    public async Task ACutReplyThatALimitKeepsFromBeingAskedForAgainIsServedCut()
    {
        // The ten calls that taught the limit and the one that is cut.
        using var gateway = await TaughtAsync(new LimitOptions { Rules = [new LimitRule { Name = "few", RequestsPerMinute = 11 }] });
        gateway.Upstream.Answer = arrival => PlayedReply.Whole(LimitOf(arrival.Body) < 400 ? Reply("max_tokens", 30) : Reply("end_turn", 90));

        var answer = await gateway.CallAsync(Question());

        Assert.Equal((200, Reply("max_tokens", 30)), (answer.Status, answer.Text));
        Assert.Contains("served cut: asking again was refused (limit_exceeded)", answer.Headers["x-sluice-decisions"], StringComparison.Ordinal);
        Assert.Equal((Outcome.Completed, Assert.Single(answer.Record.Attempts).Cost), (answer.Record.Outcome, answer.Record.Cost));
    }

    [Fact]
    public async Task AReplyWithinTheLearnedLimitIsPassedOnAsItCame()
    {
        using var gateway = await TaughtAsync();
        var before = gateway.Upstream.Arrivals.Count;

        var answer = await gateway.CallAsync(Question());

        Assert.Equal(Reply("end_turn", 20), answer.Text);
        Assert.Equal(before + 1, gateway.Upstream.Arrivals.Count);
        Assert.Equal(Money.Zero, Assert.Single(answer.Record.Decisions).Saving);
    }

    [Fact]
    public async Task AReplyThatTheCallersOwnLimitCutsIsNotAskedForAgain()
    {
        using var gateway = new LeverHarness(On, new OutputLever(new LearnedMaximum(new OutputOptions { MinimumReplies = 5 }), new TokenCalibration()));
        gateway.Upstream.Answer = _ => PlayedReply.Whole(Reply("max_tokens", 400));

        var answer = await gateway.CallAsync(Question());

        Assert.Contains("max_tokens", answer.Text, StringComparison.Ordinal);
        Assert.Single(gateway.Upstream.Arrivals);
    }

    /// <summary>A gateway that has seen ten replies of 20 tokens to this task.</summary>
    private static async Task<LeverHarness> TaughtAsync(LimitOptions? limits = null)
    {
        var lever = new OutputLever(new LearnedMaximum(new OutputOptions { MinimumReplies = 5, FewestTokens = 20 }), new TokenCalibration());
        var gateway = new LeverHarness(new LeverSettings { Default = On, ControlShare = 0 }, lever, limits: limits);
        gateway.Upstream.Answer = _ => PlayedReply.Whole(Reply("end_turn", 20));
        for (var i = 0; i < 10; i++)
            await gateway.CallAsync(Question());
        return gateway;
    }

    private static Question Question() => Converse() with
    {
        Body = """{"messages":[{"role":"user","content":[{"text":"Which lock is next?"}]}],"inferenceConfig":{"maxTokens":400}}""",
    };

    private static string Reply(string stopReason, int outputTokens) => string.Create(CultureInfo.InvariantCulture,
        $$$"""{"output":{"message":{"role":"assistant","content":[{"text":"The third."}]}},"stopReason":"{{{stopReason}}}","usage":{"inputTokens":12,"outputTokens":{{{outputTokens}}},"totalTokens":{{{12 + outputTokens}}}},"metrics":{"latencyMs":5}}""");

    private static int LimitOf(string body)
    {
        using var json = System.Text.Json.JsonDocument.Parse(body);
        return json.RootElement.GetProperty("inferenceConfig").GetProperty("maxTokens").GetInt32();
    }
}
