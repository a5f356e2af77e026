using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Tests.Stages.Sending;

/// <summary>A good reply never fails here for an odd header or framing, and an impossible one is the upstream's error.</summary>
public sealed class OddReplyTests
{
    private const string Body = Canned.ConverseReply;

    [Theory]
    [InlineData("caf\u00c3\u00a9", "caf\u00c3\u00a9")]
    [InlineData("caf\u00e9\u0080\u00ff", "caf\u00e9\u0080\u00ff")]
    [InlineData("a\u0001b\u001b[31mc\u007f", "ab[31mc")]
    [InlineData("a\tb", "a\tb")]
    [InlineData("", "")]
    public async Task AnyHeaderValuePassesWithoutItsControlCharacters(string value, string expected)
    {
        var (reply, record) = await AskAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-note: {value}\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");

        Assert.Equal((200, expected, Body), (reply.Status, reply.Header("x-note"), reply.Body));
        Assert.Equal((Outcome.Completed, Canned.ConverseCost), (record.Outcome, record.Cost.ToString()));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", true)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 999", true)]
    [InlineData("Content-Length: LENGTH\r\nContent-Length: LENGTH", false)]
    [InlineData("Content-Length: -1", false)]
    [InlineData("Content-Length: 99999999999999999999999", false)]
    [InlineData("Content-Length: many", false)]
    [InlineData("x-none: 1", false)]
    public async Task TheFramingOfAReplyIsOurOwn(string framing, bool isChunked)
    {
        var body = isChunked ? $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n" : Body;

        var (reply, record) = await AskAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{framing.Replace("LENGTH", $"{Body.Length}", StringComparison.Ordinal)}\r\n\r\n{body}");

        Assert.Equal(200, reply.Status);
        Assert.Contains(Body, reply.Body);
        Assert.True(reply.Header("Transfer-Encoding") is null != reply.Header("Content-Length") is null);
        Assert.Equal(Canned.ConverseCost, record.Cost.ToString());
    }

    [Theory]
    [InlineData(204, "Content-Length: 5")]
    [InlineData(204, "Transfer-Encoding: chunked")]
    [InlineData(205, "Content-Length: 2\r\n\r\n{}")]
    [InlineData(304, "Content-Length: 5")]
    public async Task AStatusWithoutABodyHasNoLength(int status, string framing)
    {
        var (reply, _) = await AskAsync($"HTTP/1.1 {status} Odd\r\n{framing}\r\n\r\n");

        Assert.Equal((status, ""), (reply.Status, reply.Body));
        Assert.Null(reply.Header("Transfer-Encoding"));
    }

    [Theory]
    [InlineData("101")]
    [InlineData("000")]
    [InlineData("099")]
    [InlineData("600")]
    [InlineData("999")]
    public async Task AStatusThatNoReplyMayHaveIsTheUpstreamsError(string status)
    {
        var (reply, record) = await AskAsync($"HTTP/1.1 {status} Odd\r\nContent-Length: 2\r\n\r\n{{}}");

        Assert.Equal((503, "ServiceUnavailableException"), (reply.Status, reply.Header("x-amzn-ErrorType")));
        Assert.Equal((Outcome.UpstreamError, "0"), (record.Outcome, record.Cost.ToString()));
        Assert.Single(record.Attempts);
    }

    [Fact]
    public async Task TwoLengthsThatContradictEachOtherAreTheUpstreamsErrorAndMayHaveBeenBilled()
    {
        var (reply, record) = await AskAsync($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");

        Assert.Equal(503, reply.Status);
        Assert.Equal((Outcome.UpstreamError, "invalid_reply", null), (record.Outcome, record.Error, record.Cost));
    }

    [Fact]
    public async Task AHeadRequestIsToldTheLengthOfTheBodyThatItDoesNotGet()
    {
        await using var upstream = new RawUpstream { Answer = _ => Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n") };
        await using var gateway = await StartAsync(upstream.Address, unknown: UnknownOperations.Pass);

        var reply = await RawCaller.SendAsync(gateway.Address, "HEAD /async-invoke HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.Equal((200, "1234", ""), (reply.Status, reply.Header("Content-Length"), reply.Body));
    }

    [Fact]
    public async Task ALengthThatAnHttp2UpstreamGetsWrongIsItsError()
    {
        await using var upstream = await TestServer.StartAsync(
            async context =>
            {
                context.Response.ContentLength = 100;
                await context.Response.Body.WriteAsync(new byte[50]);
            },
            HttpProtocols.Http2);
        await using var gateway = await StartAsync(upstream.Address, http2: true);

        var reply = await RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest);

        Assert.Equal(503, reply.Status);
        Assert.Equal(Outcome.UpstreamError, (await gateway.Ledger.NextAsync()).Outcome);
    }

    [Theory]
    [InlineData("301")]
    [InlineData("307")]
    public async Task ARedirectGoesToTheCallerAndIsNotFollowed(string status)
    {
        var (reply, record) = await AskAsync($"HTTP/1.1 {status} Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal((status, "http://127.0.0.1:1/"), (reply.Status.ToString(), reply.Header("Location")));
        Assert.Single(record.Attempts);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n")]
    public async Task ABodyWithImpossibleChunksIsABadRequest(string request)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream.Address);

        var reply = await RawCaller.SendAsync(gateway.Address, $"POST {Canned.ConversePath} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{request}");

        Assert.Equal((400, "ValidationException"), (reply.Status, reply.Header("x-amzn-ErrorType")));
        Assert.Empty(upstream.Requests);
    }

    private static async Task<(RawCaller Reply, InvocationRecord Record)> AskAsync(string answer)
    {
        await using var upstream = new RawUpstream { Answer = _ => Encoding.Latin1.GetBytes(answer) };
        await using var gateway = await StartAsync(upstream.Address);
        var reply = await RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest);
        return (reply, await gateway.Ledger.NextAsync());
    }

    private static Task<GatewayHarness> StartAsync(Uri upstream, bool http2 = false, UnknownOperations unknown = default) => GatewayHarness.StartAsync(
        _ => Task.CompletedTask,
        new()
        {
            Unknown = unknown,
            Upstream = new UpstreamOptions { Name = "raw", Kind = UpstreamKind.Url, BaseAddress = upstream, Http2 = http2 },
            Retry = new RetryOptions { MaxAttempts = 2, BaseDelay = TimeSpan.FromMilliseconds(1) },
        });
}
