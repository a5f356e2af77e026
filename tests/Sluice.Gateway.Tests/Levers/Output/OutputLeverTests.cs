using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;
using Sluice.Gateway.Levers.Output;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Output;

public sealed class OutputLeverTests
{
    private const string Instruction = "Answer as briefly as the question allows: no introduction, no repetition of the question, no closing summary.";

    [Fact]
    public async Task TheInstructionStandsBehindTheCallersOwn()
    {
        using var gateway = Gateway(new OutputOptions { Brief = true });

        var record = (await gateway.CallAsync(Question())).Record;

        var sent = JsonNode.Parse(Assert.Single(gateway.Upstream.Arrivals).Body)!;
        Assert.Equal(["You guard the gate.", Instruction], sent["system"]!.AsArray().Select(b => (string?)b!["text"]));
        Assert.Equal("asked to be brief", Assert.Single(record.Decisions).Why);
    }

    [Fact]
    public async Task UntilControlCallsShowHowLongRepliesAreOtherwiseTheInstructionCostsItsTokens()
    {
        using var gateway = Gateway(new OutputOptions { Brief = true });

        var record = (await gateway.CallAsync(Question())).Record;

        var decision = Assert.Single(record.Decisions);
        Assert.True(decision.IsEstimated);
        Assert.True(decision.Saving < Money.Zero);
        Assert.Equal(record.Baseline - record.Cost, decision.Saving);
    }

    [Fact]
    public async Task ItSavesTheDifferenceToTheMeanOfTheRepliesThatWereLeftAlone()
    {
        var options = Options(new OutputOptions { Brief = true, MinimumReplies = 100 });
        using var gateway = new LeverHarness(new LeverSettings { Default = options, ControlShare = 0.5 }, Lever(options));
        gateway.Upstream.Answer = arrival => PlayedReply.Whole(Reply(arrival.Body.Contains(Instruction, StringComparison.Ordinal) ? 20 : 120));
        var answers = new List<Answer>();
        for (var i = 0; i < 60; i++)
            answers.Add(await gateway.CallAsync(Question($"Which lock is number {i}?")));

        var treated = answers[^10..].Where(a => !a.Record.Control).Select(a => a.Record).ToList();
        Assert.NotEmpty(treated);
        Assert.All(treated, record =>
        {
            var decision = Assert.Single(record.Decisions);
            Assert.True(decision.IsEstimated);
            Assert.Equal(record.Baseline - record.Cost, decision.Saving);
            // 100 tokens of output at 15 dollars a million, less what the instruction takes at 3.
            Assert.InRange(decision.Saving!.Value.Usd, 100 * 0.000015m - 40 * 0.000003m, 100 * 0.000015m);
        });
    }

    [Fact]
    public async Task StopSequencesAreForCallersWhoSetNone()
    {
        using var gateway = Gateway(new OutputOptions { StopSequences = ["</answer>"] });

        await gateway.CallAsync(Question());
        var own = Question() with { Body = """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"stopSequences":["END"]}}""" };
        await gateway.CallAsync(own);

        Assert.Equal("</answer>", (string?)JsonNode.Parse(gateway.Upstream.Arrivals[0].Body)!["inferenceConfig"]!["stopSequences"]![0]);
        Assert.Equal(own.Body, gateway.Upstream.Arrivals[1].Body);
    }

    [Fact]
    public async Task InShadowNothingIsSaid()
    {
        var options = new LeverOptions { Output = new OutputOptions { Brief = true, JsonOnly = true } }.With(Sluice.Gateway.Levers.Planning.Lever.Output, LeverMode.Shadow);
        using var gateway = new LeverHarness(options, Lever(options));

        var answer = await gateway.CallAsync(Question());

        Assert.Equal(Question().Body, Assert.Single(gateway.Upstream.Arrivals).Body);
        Assert.True(Assert.Single(answer.Record.Decisions).IsShadow);
    }

    [Fact]
    public async Task AReplyThatTheCallersOwnLimitCutsIsNotAskedForAgainBecauseOfAnInstruction()
    {
        using var gateway = Gateway(new OutputOptions { Brief = true });
        gateway.Upstream.Answer = _ => PlayedReply.Whole(Reply(400).Replace("end_turn", "max_tokens", StringComparison.Ordinal));

        await gateway.CallAsync(Question());

        Assert.Single(gateway.Upstream.Arrivals);
    }

    [Fact]
    public async Task AModelThatIsToThinkForLongerThanTheLearnedLimitKeepsItsCallers()
    {
        using var gateway = Gateway(new OutputOptions { MinimumReplies = 5, FewestTokens = 20 });
        var thinking = Question() with
        {
            Body = """{"messages":[{"role":"user","content":[{"text":"Which lock is next?"}]}],"inferenceConfig":{"maxTokens":4000},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}}}""",
        };
        gateway.Upstream.Answer = _ => PlayedReply.Whole(Reply(20));
        for (var i = 0; i < 10; i++)
            await gateway.CallAsync(thinking);

        Assert.All(gateway.Upstream.Arrivals, arrival => Assert.Equal(thinking.Body, arrival.Body));
    }

    private static LeverHarness Gateway(OutputOptions output)
    {
        var options = Options(output);
        var gateway = new LeverHarness(options, Lever(options));
        gateway.Upstream.Answer = _ => PlayedReply.Whole(Reply(20));
        return gateway;
    }

    private static LeverOptions Options(OutputOptions output) => new LeverOptions { Output = output }.With(Sluice.Gateway.Levers.Planning.Lever.Output, LeverMode.On);

    private static OutputLever Lever(LeverOptions options) => new(new LearnedMaximum(options.Output), new TokenCalibration());

    private static Question Question(string text = "Which lock is next?") => Converse() with
    {
        Body = new JsonObject
        {
            ["system"] = new JsonArray(new JsonObject { ["text"] = "You guard the gate." }),
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["text"] = text }) }),
            ["inferenceConfig"] = new JsonObject { ["maxTokens"] = 400 },
        }.ToJsonString(),
    };

    private static string Reply(int outputTokens) => string.Create(CultureInfo.InvariantCulture,
        $$$"""{"output":{"message":{"role":"assistant","content":[{"text":"The third."}]}},"stopReason":"end_turn","usage":{"inputTokens":60,"outputTokens":{{{outputTokens}}},"totalTokens":{{{60 + outputTokens}}}},"metrics":{"latencyMs":5}}""");
}
