using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Bedrock.EventStreams;
using Sluice.Core.Invocations;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Tests.Harness;
using static Sluice.Gateway.Tests.Harness.Canned;

namespace Sluice.Gateway.Tests.Stages.Retrying;

/// <summary>A stream that fails before its first event has told the caller nothing, so it may be tried again.</summary>
public sealed class FirstEventTests
{
    private const string Messages = "/anthropic/v1/messages";
    private const string Chat = "/openai/v1/chat/completions";
    private const string MessagesRequest = """{"model":"anthropic.claude-sonnet-4-5-20250929-v1:0","max_tokens":9,"stream":true,"messages":[]}""";
    private const string ChatRequest = """{"model":"openai.gpt-oss-120b-1:0","stream":true,"messages":[]}""";

    [Theory]
    [InlineData("throttlingException")]
    [InlineData("serviceUnavailableException")]
    [InlineData("internalServerException")]
    public async Task AStreamThatOpensWithATransientExceptionIsTriedAgain(string exception)
    {
        await using var gateway = await StartAsync(Exception(exception), WholeStream);

        var reply = await RawCaller.PostAsync(gateway.Address, StreamPath, ConverseRequest);

        Assert.Contains("messageStop", reply.Body);
        Assert.DoesNotContain(exception, reply.Body);
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal([exception, null], record.Attempts.Select(a => a.Error));
        Assert.Equal(["0", ConverseCost], record.Attempts.Select(a => a.Cost.ToString()));
        Assert.Equal((Outcome.Completed, ConverseCost), (record.Outcome, record.Cost.ToString()));
    }

    [Theory]
    [InlineData(Messages, MessagesRequest, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n")]
    [InlineData(Messages, MessagesRequest, "event: error\r\ndata: {\"type\": \"error\", \"error\": {\"type\": \"rate_limit_error\"}}\r\n\r\n")]
    [InlineData(Chat, ChatRequest, "data: {\"error\":{\"message\":\"busy\",\"type\":\"server_error\",\"code\":null}}\n\n")]
    [InlineData(Chat, ChatRequest, "data: {\"error\":{\"message\":\"busy\",\"type\":\"rate_limit_error\"}}\n\n")]
    public async Task AStreamOfServerSentEventsThatOpensWithATransientErrorIsTriedAgain(string path, string request, string error)
    {
        const string good = "data: {\"type\":\"ping\"}\n\n";
        await using var gateway = await StartAsync(Encoding.UTF8.GetBytes(error), Encoding.UTF8.GetBytes(good), "text/event-stream; charset=utf-8");

        var reply = await RawCaller.PostAsync(gateway.Address, path, request);

        Assert.Contains(good, reply.Body);
        Assert.DoesNotContain("error", reply.Body);
        Assert.Equal(2, (await gateway.Ledger.NextAsync()).Attempts.Length);
    }

    [Theory]
    [InlineData("validationException")]
    [InlineData("modelStreamErrorException")]
    public async Task AnExceptionThatTryingAgainWouldNotMendPassesAsItCame(string exception)
    {
        var stream = Exception(exception);
        await using var gateway = await StartAsync(stream, WholeStream);

        using var reply = await gateway.Client.PostAsync(StreamPath, Body(ConverseRequest));

        Assert.Equal(stream, await reply.Content.ReadAsByteArrayAsync());
        Assert.Single((await gateway.Ledger.NextAsync()).Attempts);
    }

    [Fact]
    public async Task AnExceptionAfterTheFirstEventIsNeverTriedAgain()
    {
        byte[] stream = [.. Start, .. Exception("throttlingException")];
        await using var gateway = await StartAsync(stream, WholeStream);

        using var reply = await gateway.Client.PostAsync(StreamPath, Body(ConverseRequest));

        Assert.Equal(stream, await reply.Content.ReadAsByteArrayAsync());
        Assert.Single((await gateway.Ledger.NextAsync()).Attempts);
    }

    [Fact]
    public async Task TheLastAttemptsExceptionReachesTheCallerAsItCame()
    {
        var stream = Exception("throttlingException");
        await using var gateway = await StartAsync(stream, stream);

        using var reply = await gateway.Client.PostAsync(StreamPath, Body(ConverseRequest));

        Assert.Equal(stream, await reply.Content.ReadAsByteArrayAsync());
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal((3, "0", Outcome.UpstreamError), (record.Attempts.Length, record.Cost.ToString(), record.Outcome));
    }

    [Fact]
    public async Task AStreamThatBreaksOffBeforeItsFirstEventIsTriedAgain()
    {
        var calls = 0;
        await using var gateway = await GatewayHarness.StartAsync(async context =>
        {
            BeginStream(context);
            await WriteAsync(context, ++calls == 1 ? Start[..20] : WholeStream);
            if (calls == 1)
                context.Abort();
        });

        using var reply = await gateway.Client.PostAsync(StreamPath, Body(ConverseRequest));

        Assert.Equal(WholeStream, await reply.Content.ReadAsByteArrayAsync());
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(["connection_lost", null], record.Attempts.Select(a => a.Error));
        Assert.Null(record.Attempts[0].Cost);
    }

    [Fact]
    public async Task AStreamInPiecesOfOneByteArrivesWhole()
    {
        await using var gateway = await GatewayHarness.StartAsync(async context =>
        {
            BeginStream(context);
            foreach (var one in WholeStream)
                await WriteAsync(context, [one]);
        });

        using var reply = await gateway.Client.PostAsync(StreamPath, Body(ConverseRequest));

        Assert.Equal(WholeStream, await reply.Content.ReadAsByteArrayAsync());
        Assert.Equal(ConverseCost, (await gateway.Ledger.NextAsync()).Cost.ToString());
    }

    [Theory]
    [InlineData("ThrottlingException", true)]
    [InlineData("modelNotReadyException", true)]
    [InlineData("rate_limit_exceeded", true)]
    [InlineData("api_error", true)]
    [InlineData("invalid_request_error", false)]
    [InlineData("authentication_error", false)]
    [InlineData("modelTimeoutException", false)]
    [InlineData("error", false)]
    [InlineData("", false)]
    public void KnowsWhichErrorsPass(string error, bool isTransient) => Assert.Equal(isTransient, TransientErrors.Has(error));

    private static byte[] Exception(string type)
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteException(output, Encoding.UTF8.GetBytes(type), "{\"message\":\"Too many requests, please wait before trying again.\"}"u8);
        return output.WrittenSpan.ToArray();
    }

    private static Task<GatewayHarness> StartAsync(byte[] first, byte[] later, string contentType = "application/vnd.amazon.eventstream")
    {
        var calls = 0;
        return GatewayHarness.StartAsync(context =>
        {
            context.Response.ContentType = contentType;
            return WriteAsync(context, ++calls == 1 ? first : later);
        });
    }
}
