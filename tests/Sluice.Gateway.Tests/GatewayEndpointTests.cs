using System.Net;
using System.Text;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;
using Sluice.Testing;
using static Sluice.Gateway.Tests.Harness.Canned;

namespace Sluice.Gateway.Tests;

public sealed class GatewayEndpointTests
{

    [Fact]
    public async Task PathQueryHeadersAndBodyReachTheUpstreamAsTheyCame()
    {
        string? target = null, body = null, custom = null, ours = null;
        await using var gateway = await GatewayHarness.StartAsync(async context =>
        {
            target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            custom = context.Request.Headers["X-Custom"];
            ours = context.Request.Headers["x-sluice-tag-task"];
            body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await ReplyAsync(context);
        });
        const string arn = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse?a=%20b&c";
        using var request = Request(arn, """{ "messages" : [ ] ,"odd":"\u00e9" }""");
        request.Headers.Add("X-Custom", "one, two");
        request.Headers.Add("x-sluice-tag-task", "triage");

        using var reply = await gateway.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(arn, target);
        Assert.Equal("""{ "messages" : [ ] ,"odd":"\u00e9" }""", body);
        Assert.Equal("one, two", custom);
        Assert.True(string.IsNullOrEmpty(ours), "Sluice's own headers do not leave");
        Assert.Equal("triage", (await gateway.Ledger.NextAsync()).Tags["task"]);
    }

    [Fact]
    public async Task APlainReplyComesBackUnchangedWithItsCostAndId()
    {
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context));

        using var reply = await gateway.Client.PostAsync(ConversePath, Body(ConverseRequest));

        Assert.Equal(ConverseReply, await reply.Content.ReadAsStringAsync());
        Assert.Equal(ConverseCost, reply.Headers.GetValues("x-sluice-cost-usd").Single());
        Assert.Equal("req-1", reply.Headers.GetValues("x-amzn-requestid").Single());
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(record.InvocationId, reply.Headers.GetValues("x-sluice-invocation-id").Single());
        Assert.Equal(Outcome.Completed, record.Outcome);
        Assert.Equal(ConverseCost, record.Cost.ToString());
        Assert.Equal(Operation.Converse, record.Operation);
        Assert.Equal("anthropic.claude-sonnet-4-5-20250929-v1:0", record.ServedModel);
        Assert.Equal("req-1", Assert.Single(record.Attempts).RequestId);
    }

    [Fact]
    public async Task TheIntentIsWrittenBeforeTheUpstreamSeesTheCall()
    {
        var openedFirst = 0;
        GatewayHarness gateway = null!;
        await using (gateway = await GatewayHarness.StartAsync(context =>
        {
            openedFirst = gateway.Ledger.Opened.Count;
            return ReplyAsync(context);
        }))
        {
            (await gateway.Client.PostAsync(ConversePath, Body(ConverseRequest))).Dispose();

            Assert.Equal(1, openedFirst);
            var intent = Assert.Single(gateway.Ledger.Opened);
            Assert.Equal(Outcome.Interrupted, intent.Outcome);
            Assert.Null(intent.Cost);
            Assert.Single(intent.Attempts);
        }
    }

    [Fact]
    public async Task EachFrameReachesTheCallerBeforeTheNextIsMade()
    {
        var callerHasFirst = new TaskCompletionSource();
        await using var gateway = await GatewayHarness.StartAsync(async context =>
        {
            BeginStream(context);
            await WriteAsync(context, Start);
            await callerHasFirst.Task.WaitAsync(HangGuard.Limit);
            await WriteAsync(context, [.. Delta("Hi"), .. Stop, .. Metadata]);
        });
        using var reply = await gateway.Client.SendAsync(Request(StreamPath, ConverseRequest), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await reply.Content.ReadAsStreamAsync();

        var first = new byte[Start.Length];
        await body.ReadExactlyAsync(first);
        callerHasFirst.SetResult();
        var rest = new MemoryStream();
        await body.CopyToAsync(rest);

        Assert.Equal(WholeStream, first.Concat(rest.ToArray()));
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(Outcome.Completed, record.Outcome);
        Assert.Equal(ConverseCost, record.Cost.ToString());
        Assert.True(record.Streamed);
        Assert.NotNull(record.TtftMs);
    }

    [Fact]
    public async Task ACallerWhoLeavesInMidStreamIsStillBilledByTheUpstreamsOwnCount()
    {
        GatewayHarness gateway = null!;
        await using var started = gateway = await GatewayHarness.StartAsync(async context =>
        {
            BeginStream(context);
            await WriteAsync(context, Start);
            await gateway.CallerLeft.WaitAsync(HangGuard.Limit);
            for (var i = 0; i < 50; i++)
                await WriteAsync(context, Delta("more"));
            await WriteAsync(context, [.. Stop, .. Metadata]);
        });

        await LeaveAfterFirstFrameAsync(gateway);

        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(Outcome.ClientAborted, record.Outcome);
        Assert.Equal(UsageSource.Measured, record.Usage!.Source);
        Assert.Equal(ConverseCost, record.Cost.ToString());
    }

    [Fact]
    public async Task DrainingForACallerWhoLeftIsBoundedAndTheUsageThenEstimated()
    {
        var never = new TaskCompletionSource();
        await using var gateway = await GatewayHarness.StartAsync(
            async context =>
            {
                BeginStream(context);
                await WriteAsync(context, [.. Start, .. Delta("some words that were generated")]);
                await never.Task.WaitAsync(context.RequestAborted);
            },
            new() { Upstream = new() { Name = "test", Kind = UpstreamKind.Url, DrainLimit = TimeSpan.FromMilliseconds(50) } });

        await LeaveAfterFirstFrameAsync(gateway);

        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(Outcome.ClientAborted, record.Outcome);
        Assert.Equal(UsageSource.Estimated, record.Usage!.Source);
        Assert.True(record.Usage.Output > 0);
    }

    [Fact]
    public async Task ACallerWhoLeavesAPlainCallIsBilledWhatTheUpstreamReports()
    {
        var arrived = new TaskCompletionSource();
        GatewayHarness gateway = null!;
        await using var started = gateway = await GatewayHarness.StartAsync(async context =>
        {
            arrived.SetResult();
            await gateway.CallerLeft.WaitAsync(HangGuard.Limit);
            await ReplyAsync(context);
        });
        using var leaving = new CancellationTokenSource();
        var call = gateway.Client.SendAsync(Request(ConversePath, ConverseRequest), leaving.Token);
        await arrived.Task.WaitAsync(HangGuard.Limit);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(ConverseCost, record.Cost.ToString());
        Assert.Equal(Outcome.ClientAborted, record.Outcome);
    }

    [Fact]
    public async Task ThrottlesAreTriedAgainAndEveryAttemptIsInTheRecord()
    {
        var calls = 0;
        await using var gateway = await GatewayHarness.StartAsync(context =>
            ++calls < 3 ? FailAsync(context, 429, "ThrottlingException") : ReplyAsync(context));

        using var reply = await gateway.Client.PostAsync(ConversePath, Body(ConverseRequest));

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(["ThrottlingException", "ThrottlingException", null], record.Attempts.Select(a => a.Error));
        Assert.Equal(Outcome.Completed, record.Outcome);
        Assert.Equal(ConverseCost, record.Cost.ToString());
        Assert.Equal(3, gateway.Ledger.Opened.Count);
    }

    [Fact]
    public async Task AnErrorThatIsNotTransientIsPassedOnAtOnceAndCostsNothing()
    {
        var calls = 0;
        await using var gateway = await GatewayHarness.StartAsync(context => { calls++; return FailAsync(context, 400, "ValidationException"); });

        using var reply = await gateway.Client.PostAsync(ConversePath, Body(ConverseRequest));

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.StartsWith("ValidationException", reply.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.Equal("""{"message":"no"}""", await reply.Content.ReadAsStringAsync());
        Assert.Equal(1, calls);
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(Outcome.UpstreamError, record.Outcome);
        Assert.Equal("ValidationException", record.Error);
        Assert.Equal("0", record.Cost.ToString());
    }

    [Fact]
    public async Task AStreamThatBreaksOffIsNeverTriedAgainAndTheCallerSeesTheBreak()
    {
        var calls = 0;
        var callerHasFirst = new TaskCompletionSource();
        await using var gateway = await GatewayHarness.StartAsync(async context =>
        {
            calls++;
            BeginStream(context);
            await WriteAsync(context, [.. Start, .. Delta("half")]);
            await callerHasFirst.Task.WaitAsync(HangGuard.Limit);
            context.Abort();
        });
        using var reply = await gateway.Client.SendAsync(Request(StreamPath, ConverseRequest), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await reply.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[Start.Length]);
        callerHasFirst.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(Stream.Null));

        Assert.Equal(1, calls);
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(Outcome.UpstreamError, record.Outcome);
        Assert.Equal("connection_lost", record.Error);
        Assert.Equal(UsageSource.Estimated, record.Usage!.Source);
    }

    [Fact]
    public async Task AnUpstreamThatIsNotThereIsABedrockErrorThatNamesIt()
    {
        await using var gateway = await GatewayHarness.StartAsync(
            _ => Task.CompletedTask,
            new() { Upstream = new() { Name = "gone", Kind = UpstreamKind.Url, BaseAddress = new Uri("http://127.0.0.1:1") }, Retry = new RetryOptions { MaxAttempts = 1 } });

        using var reply = await gateway.Client.PostAsync(ConversePath, Body(ConverseRequest));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.Equal("ServiceUnavailableException", reply.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.Contains("'gone'", await reply.Content.ReadAsStringAsync());
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal("unreachable", record.Error);
        Assert.Equal("0", record.Cost.ToString());
    }

    [Theory]
    [InlineData("/openai/v1/chat/completions", "\"type\":\"server_error\"")]
    [InlineData("/anthropic/v1/messages", "\"type\":\"overloaded_error\"")]
    public async Task OurErrorsHaveTheShapeOfTheCallersProtocol(string path, string expected)
    {
        await using var gateway = await GatewayHarness.StartAsync(
            _ => Task.CompletedTask,
            new() { Upstream = new() { Name = "gone", Kind = UpstreamKind.Url, BaseAddress = new Uri("http://127.0.0.1:1") }, Retry = new RetryOptions { MaxAttempts = 1 } });

        using var reply = await gateway.Client.PostAsync(path, Body("""{"model":"openai.gpt-oss-120b-1:0"}"""));

        Assert.Contains(expected, await reply.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task ABodyOverTheLimitIsRefusedWithTheLimitInTheMessage()
    {
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context), new() { MaxRequestBodyBytes = 1000 });

        using var reply = await gateway.Client.PostAsync(ConversePath, Body(new string('x', 2000)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        Assert.Contains("1000 bytes", await reply.Content.ReadAsStringAsync());
        Assert.Equal("ValidationException", reply.Headers.GetValues("x-amzn-ErrorType").Single());
    }

    [Theory]
    [InlineData(LedgerFailurePolicy.Pass, HttpStatusCode.OK)]
    [InlineData(LedgerFailurePolicy.Refuse, HttpStatusCode.ServiceUnavailable)]
    public async Task WhenTheLedgerCannotRecordTheOwnersPolicyDecides(LedgerFailurePolicy policy, HttpStatusCode expected)
    {
        var calls = 0;
        await using var gateway = await GatewayHarness.StartAsync(
            context => { calls++; return ReplyAsync(context); }, new() { Record = new RecordOptions { OnLedgerFailure = policy } });
        gateway.Ledger.IsBroken = true;

        using var reply = await gateway.Client.PostAsync(ConversePath, Body(ConverseRequest));

        Assert.Equal(expected, reply.StatusCode);
        Assert.Equal(policy == LedgerFailurePolicy.Pass ? 1 : 0, calls);
    }

    [Fact]
    public async Task ASlowCallerHoldsTheUpstreamBackInsteadOfFillingMemory()
    {
        const int chunkBytes = 1024 * 1024;
        const int chunks = 64;
        var written = 0;
        await using var gateway = await GatewayHarness.StartAsync(async context =>
        {
            BeginStream(context);
            var frame = Delta(new string('x', chunkBytes));
            for (; written < chunks; written++)
                await WriteAsync(context, frame);
        });
        using var reply = await gateway.Client.SendAsync(Request(StreamPath, ConverseRequest), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await reply.Content.ReadAsStreamAsync();

        // The caller reads nothing until the writer has stood still for a while.
        var before = -1;
        while (written != before)
        {
            before = written;
            await Task.Delay(300);
        }

        Assert.True(written < chunks / 2, $"{written} of {chunks} MB were taken in although nobody read them");
        await body.CopyToAsync(Stream.Null);
        await gateway.Ledger.NextAsync();
    }

    [Fact]
    public async Task AnUnknownPathIsForwardedAndRecordedIfTheOwnerLetsItPass()
    {
        await using var gateway = await GatewayHarness.StartAsync(
            context => ReplyAsync(context, body: """{"hello":1}"""), new() { Unknown = Gateway.Edge.UnknownOperations.Pass });

        using var reply = await gateway.Client.GetAsync("/some/new/operation?x=1");

        Assert.Equal("""{"hello":1}""", await reply.Content.ReadAsStringAsync());
        Assert.Equal(Operation.Unknown, (await gateway.Ledger.NextAsync()).Operation);
    }

    [Fact]
    public async Task AnOpaqueArnIsPricedByTheModelThatTheOwnerNames()
    {
        const string arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context), new() { Models = { [arn] = Model } });

        (await gateway.Client.PostAsync($"/model/{Uri.EscapeDataString(arn)}/converse", Body(ConverseRequest))).Dispose();

        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(arn, record.RequestedModel);
        Assert.Equal(ConverseCost, record.Cost.ToString());
    }

    [Fact]
    public async Task AModelThatNobodyKnowsIsUnpricedAndNotFree()
    {
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context));

        using var reply = await gateway.Client.PostAsync("/model/acme.mystery-v1/converse", Body(ConverseRequest));

        var record = await gateway.Ledger.NextAsync();
        Assert.Null(record.Cost);
        Assert.Equal(100, record.Usage!.Input);
        Assert.False(reply.Headers.Contains("x-sluice-cost-usd"));
    }

    private static async Task LeaveAfterFirstFrameAsync(GatewayHarness gateway)
    {
        // A connection of its own, so that leaving closes it for certain.
        using var client = new HttpClient { BaseAddress = gateway.Address };
        using var reply = await client.SendAsync(Request(StreamPath, ConverseRequest), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await reply.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[Start.Length]);
    }

    private static HttpRequestMessage Request(string target, string body) => new(HttpMethod.Post, new Uri(target, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
