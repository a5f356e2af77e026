using System.Text;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Tests.Stages.Budgeting;
using Sluice.Testing;
using static Sluice.Gateway.Tests.Stages.Budgeting.MemoryBudgets;

namespace Sluice.Gateway.Tests.Stages.Recording;

/// <summary>Answers that are made in the background, or stored, and read later: terra costs 2.2 and 13.2 dollars a million in region.</summary>
public sealed class PendingAnswersTests
{
    private const string Path = "/openai/v1/responses";
    private const string Ask = """{"model":"openai.gpt-5.6-terra","input":"Hi","background":true,"max_output_tokens":1000}""";
    private const string Queued = """{"id":"resp_1","object":"response","model":"openai.gpt-5.6-terra","status":"queued","output":[],"usage":null}""";
    private const string Working = """{"id":"resp_1","object":"response","model":"openai.gpt-5.6-terra","status":"in_progress","output":[],"usage":null}""";
    private const string Done = """{"id":"resp_1","object":"response","model":"openai.gpt-5.6-terra","status":"completed","service_tier":"default","output":[],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":0},"output_tokens":300,"total_tokens":310}}""";

    [Fact]
    public async Task AnAnswerCountsOnceHoweverOftenItIsRead()
    {
        using var gateway = new LeverHarness(new LeverOptions());
        var asked = await RecordAsync(gateway, Path, Ask, Queued);
        Assert.Equal((null, null, "resp_1", true, Outcome.Completed), (asked.Usage, asked.Cost, asked.AnswerId, asked.AnswerPending, asked.Outcome));
        Assert.Contains("still being made", asked.CostUnknown, StringComparison.Ordinal);

        var early = await RecordAsync(gateway, Path + "/resp_1", "", Working, "GET");
        Assert.Equal((Usage.None, Money.Zero, null), (early.Usage, early.Cost, early.AnswerId));

        var told = await RecordAsync(gateway, Path + "/resp_1", "", Done, "GET");
        Assert.Equal((10L, 300L, "resp_1", "openai.gpt-5.6-terra", UsageSource.Measured), (told.Usage!.Input, told.Usage.Output, told.AnswerId, told.ServedModel, told.Usage.Source));
        Assert.True(told.Cost > Money.Zero);

        foreach (var path in (string[])[Path + "/resp_1", "/v1/responses/resp_1"])
        {
            var again = await RecordAsync(gateway, path, "", Done, "GET");
            Assert.Equal((Usage.None, Money.Zero), (again.Usage, again.Cost));
        }
    }

    [Fact]
    public async Task AStreamThatBreaksOffInTheBackgroundIsPending()
    {
        using var gateway = new LeverHarness(new LeverOptions());
        var broken = new PlayedReply(contentType: "text/event-stream");
        broken.Write(Encoding.UTF8.GetBytes($"data: {{\"type\":\"response.created\",\"response\":{Working}}}\n\ndata: {{\"type\":\"response.output_text.delta\",\"delta\":\"some text\"}}\n\n"));
        broken.Break();
        gateway.Upstream.Answer = _ => Task.FromResult(broken);
        var asked = (await gateway.CallAsync(new Question(Path, Ask.Replace("\"background\":true", "\"background\":true,\"stream\":true", StringComparison.Ordinal)))).Record;
        Assert.Equal((null, "resp_1", true), (asked.Cost, asked.AnswerId, asked.AnswerPending));

        Assert.True((await RecordAsync(gateway, Path + "/resp_1", "", Done, "GET")).Cost > Money.Zero);
    }

    [Theory]
    [InlineData("GET", "/openai/v1/responses/resp_1")]
    [InlineData("POST", "/openai/v1/responses/resp_1/cancel")]
    [InlineData("GET", "/v1/chat/completions/chatcmpl-1")]
    [InlineData("GET", "/v1/batches/batch_1")]
    public async Task WhatWasNeverAskedForHereCostsNothingToRead(string method, string path)
    {
        using var gateway = new LeverHarness(new LeverOptions());
        var record = await RecordAsync(gateway, path, "", Done, method);
        Assert.Equal((Usage.None, Money.Zero, null), (record.Usage, record.Cost, record.AnswerId));
    }

    /// <summary>One whose reply told its usage at once is known.</summary>
    [Fact]
    public async Task AnAnswerThatToldItsUsageIsNotCountedAgain()
    {
        using var gateway = new LeverHarness(new LeverOptions());
        Assert.Equal(300, (await RecordAsync(gateway, Path, Ask.Replace("true", "false", StringComparison.Ordinal), Done)).Usage!.Output);
        Assert.Equal(Money.Zero, (await RecordAsync(gateway, Path + "/resp_1", "", Done, "GET")).Cost);
    }

    [Fact]
    public async Task TheBudgetTakesWhatTheReadTellsInThePlaceOfTheWorstCase()
    {
        var book = Book(new ManualTime(), Budget(100), new MemoryBudgets());
        using var gateway = new LeverHarness(new LeverOptions(), budgets: book);
        await RecordAsync(gateway, Path, Ask, Queued);
        var told = await RecordAsync(gateway, Path + "/resp_1", "", Done, "GET");
        var standing = Assert.Single(book.Standings(gateway.Time.GetUtcNow()));
        Assert.Equal((told.Cost!.Value, Money.Zero, Money.Zero), (standing.Spent, standing.Unknown, standing.Held));
    }

    private static async Task<InvocationRecord> RecordAsync(LeverHarness gateway, string path, string body, string reply, string method = "POST")
    {
        gateway.Upstream.Answer = _ => PlayedReply.Whole(reply);
        return (await gateway.CallAsync(new Question(path, body) { Method = method })).Record;
    }
}
