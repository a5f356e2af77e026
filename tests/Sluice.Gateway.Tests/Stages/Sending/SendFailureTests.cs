using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Stages.Sending;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Tests.Stages.Sending;

/// <summary>What failed before anything could reach the upstream costs nothing; what may have reached it has no known cost.</summary>
public sealed class SendFailureTests
{
    /// <summary>Each kind of exception that a client throws, whether the body had begun to leave, and what is made of it.</summary>
    public static TheoryData<Exception, bool, string, bool> Exceptions
    {
        get
        {
            var rows = new TheoryData<Exception, bool, string, bool>();
            foreach (var hasNotLeft in new[] { true, false })
            {
                foreach (var error in new[] { HttpRequestError.ConnectionError, HttpRequestError.NameResolutionError, HttpRequestError.SecureConnectionError, HttpRequestError.ProxyTunnelError })
                    rows.Add(new HttpRequestException(error, "no way"), hasNotLeft, "unreachable", true);
                rows.Add(new OperationCanceledException("connecting", new TimeoutException()), hasNotLeft, "unreachable", true);
                rows.Add(new OperationCanceledException(), hasNotLeft, "timed_out", hasNotLeft);
                foreach (var network in new Exception[]
                {
                    new IOException("reset"), new HttpRequestException("reset", new IOException("reset", new SocketException())), new HttpIOException(HttpRequestError.ResponseEnded),
                    new HttpRequestException(HttpRequestError.HttpProtocolError, "goaway"), new HttpRequestException(HttpRequestError.InvalidResponse, "odd"), new HttpRequestException("tls", new AuthenticationException()),
                })
                    rows.Add(network, hasNotLeft, hasNotLeft ? "unreachable" : "connection_lost", hasNotLeft);
                rows.Add(new HttpRequestException("Request headers must contain only ASCII characters."), hasNotLeft, hasNotLeft ? "unsendable_request" : "connection_lost", hasNotLeft);
            }
            foreach (var local in new Exception[] { new FormatException("x"), new InvalidOperationException("x"), new NotSupportedException("x"), new UriFormatException("x"), new ObjectDisposedException("x") })
                rows.Add(local, true, "unsendable_request", true);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void EveryExceptionIsJudgedByWhatCanHaveLeft(Exception cause, bool hasNotLeft, string error, bool nothingLeft)
    {
        using var upstream = new Upstream(new UpstreamOptions { Name = "u", Kind = UpstreamKind.Url, BaseAddress = new Uri("http://localhost") }, new PassThroughAuthorizer());

        var failure = SendFailure.Of(upstream, cause, hasNotLeft);

        Assert.Equal((error, nothingLeft), (failure.Error, failure.NothingLeft));
        Assert.Equal(error == "unsendable_request", failure.Exception is RefusedException);
    }

    [Fact]
    public async Task AnUpstreamThatRefusesConnectionsIsTriedAgainAndCostsNothing()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var gateway = await StartAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}"));

        Assert.Equal(503, (await RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest)).Status);

        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(["unreachable", "unreachable"], record.Attempts.Select(a => a.Error));
        Assert.Equal("0", record.Cost.ToString());
    }

    [Fact]
    public async Task AConnectionThatIsLostAfterTheRequestHasNoKnownCost()
    {
        await using var upstream = new RawUpstream { Answer = _ => [] };
        await using var gateway = await StartAsync(upstream.Address);

        Assert.Equal(503, (await RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest)).Status);

        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(["connection_lost", "connection_lost"], record.Attempts.Select(a => a.Error));
        Assert.Null(record.Cost);
    }

    [Fact]
    public async Task AReplyThatIsNoHttpHasNoKnownCostEither()
    {
        await using var upstream = new RawUpstream { Answer = _ => Encoding.Latin1.GetBytes("\0\u0001garbage\r\n\r\n") };
        await using var gateway = await StartAsync(upstream.Address);

        Assert.Equal(503, (await RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest)).Status);

        Assert.Null((await gateway.Ledger.NextAsync()).Cost);
    }

    [Fact]
    public async Task AnHttp2UpstreamThatIsNotThereCostsNothing()
    {
        await using var upstream = await TestServer.StartAsync(_ => Task.CompletedTask, HttpProtocols.Http2);
        var address = upstream.Address;
        await upstream.DisposeAsync();
        await using var gateway = await StartAsync(address, http2: true);

        await RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest);

        var record = await gateway.Ledger.NextAsync();
        Assert.Equal(("unreachable", "0"), (record.Error, record.Cost.ToString()));
    }

    private static Task<GatewayHarness> StartAsync(Uri upstream, bool http2 = false) => GatewayHarness.StartAsync(
        _ => Task.CompletedTask,
        new()
        {
            Upstream = new UpstreamOptions { Name = "raw", Kind = UpstreamKind.Url, BaseAddress = upstream, Http2 = http2 },
            Retry = new RetryOptions { MaxAttempts = 2, BaseDelay = TimeSpan.FromMilliseconds(1) },
        });
}
