using System.Text;
using Sluice.Core.Invocations;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Tests.Stages.Sending;

public sealed class OutboundHeadersTests
{
    [Theory]
    [InlineData("caf\u00c3\u00a9")]
    [InlineData("caf\u00e9")]
    [InlineData("\u0080\u009f\u00a0\u00ff")]
    [InlineData("a\tb  c")]
    [InlineData("")]
    public async Task AHeaderValuePassesAsTheBytesThatCame(string value)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        var reply = await RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest, $"x-note: {value}", $"x-amzn-bedrock-trace: {value}");

        Assert.Equal(200, reply.Status);
        Assert.Equal([value], Assert.Single(upstream.Requests).Values("x-note"));
        Assert.Equal([value], upstream.Requests.First().Values("x-amzn-bedrock-trace"));
    }

    [Theory]
    [InlineData(Canned.ConversePath, "\"message\":\"The header 'x-note'")]
    [InlineData("/openai/v1/chat/completions", "\"error\":{\"message\":\"The header 'x-note'")]
    [InlineData("/anthropic/v1/messages", "\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"")]
    public async Task AControlCharacterIsRefusedInTheCallersShapeAndNothingLeaves(string path, string expected)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        var reply = await RawCaller.PostAsync(gateway.Address, path, """{"model":"m","messages":[]}""", "x-note: a\u0001b");

        Assert.Equal(400, reply.Status);
        Assert.Contains(expected, reply.Body);
        Assert.Contains("0x01", reply.Body);
        Assert.Empty(upstream.Requests);
        var record = await gateway.Ledger.NextAsync();
        Assert.Equal((Outcome.Refused, "unsendable_request", "0"), (record.Outcome, record.Error, record.Cost.ToString()));
        Assert.Empty(record.Attempts);
    }

    [Theory]
    [InlineData("close, X-Secret-Hop, x-other")]
    [InlineData("X-Secret-Hop ,close,\tx-OTHER")]
    [InlineData("keep-alive, x-secret-hop, x-other")]
    [InlineData("x-secret-hop\r\nConnection: x-other")]
    [InlineData("close\r\nConnection: x-secret-hop, x-other")]
    [InlineData("x-other, x-secret-hop\r\nConnection: close")]
    public async Task WhatConnectionNamesEndsHere(string connection)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        using var leaving = new CancellationTokenSource();

        var call = RawCaller.SendAsync(gateway.Address, $"POST {Canned.ConversePath} HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\nx-secret-hop: 1\r\nX-Other: 2\r\nx-kept: 3\r\nContent-Length: 2\r\n\r\n{{}}", leaving.Token);
        await gateway.Ledger.NextAsync();
        if (connection.Contains("close"))
            Assert.Equal(200, (await call).Status);
        else
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => { await leaving.CancelAsync(); await call; });

        var request = Assert.Single(upstream.Requests);
        Assert.Empty(request.Values("x-secret-hop"));
        Assert.Empty(request.Values("x-other"));
        Assert.Equal(["3"], request.Values("x-kept"));
    }

    [Fact]
    public async Task WhatConnectionNamesInAReplyEndsHereToo()
    {
        await using var upstream = new RawUpstream
        {
            Answer = _ => Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nConnection: close, x-secret-hop\r\nX-Secret-Hop: 1\r\nX-Kept: 2\r\nContent-Length: 2\r\n\r\n{}"),
        };
        await using var gateway = await StartAsync(upstream);

        var reply = await RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest);

        Assert.Null(reply.Header("x-secret-hop"));
        Assert.Equal("2", reply.Header("x-kept"));
    }

    [Fact]
    public async Task TagsInAnyEncodingAreReadAsText()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        await RawCaller.PostAsync(
            gateway.Address, "/model/amazon.nova-lite-v1:0/invoke", "{}", "x-sluice-tag-team: caf\u00c3\u00a9", "x-sluice-tag-task: caf\u00e9", "x-amzn-bedrock-request-metadata: {\"place\":\"caf\u00c3\u00a9\"}");

        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(("caf\u00e9", "caf\u00e9", "caf\u00e9"), (record.Tags["team"], record.Tags["task"], record.Tags["place"]));
    }

    private static Task<GatewayHarness> StartAsync(RawUpstream upstream) => GatewayHarness.StartAsync(
        _ => Task.CompletedTask, new() { Upstream = new UpstreamOptions { Name = "raw", Kind = UpstreamKind.Url, BaseAddress = upstream.Address } });
}
