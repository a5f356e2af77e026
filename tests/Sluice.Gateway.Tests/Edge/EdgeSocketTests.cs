using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;
using static Sluice.Gateway.Tests.Harness.Canned;

namespace Sluice.Gateway.Tests.Edge;

/// <summary>The edge over real sockets, with requests that no client library would send.</summary>
public sealed class EdgeSocketTests
{
    private const string Short = "Content-Length: 2\r\n\r\n{}";

    [Theory]
    [InlineData("CONNECT x.evil.example:443 HTTP/1.1\r\nHost: x.evil.example:443\r\n\r\n", 405)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET /api/keys HTTP/1.1\r\nHost: localhost\r\n\r\n", 404)]
    [InlineData("TRACE /model/x/converse HTTP/1.1\r\nHost: localhost\r\n\r\n", 405)]
    [InlineData("POST /model/x/../../async-invoke HTTP/1.1\r\nHost: localhost\r\n" + Short, 400)]
    [InlineData("POST //evil.example/x HTTP/1.1\r\nHost: localhost\r\n" + Short, 404)]
    [InlineData("POST /model/x/converse HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400)]
    [InlineData("POST /model/x/converse HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400)]
    [InlineData("POST /model/x/converse HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400)]
    [InlineData("POST /model/x/converse HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n", 400)]
    [InlineData("POST /model/x/invoke-with-bidirectional-stream HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst", 400)]
    public async Task IsAnsweredHereAndReachesNoUpstream(string request, int status)
    {
        var reached = 0;
        await using var gateway = await GatewayHarness.StartAsync(context =>
        {
            reached++;
            return ReplyAsync(context);
        });

        var reply = await SendAsync(gateway, request);

        Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
        Assert.Contains("x-sluice-invocation-id: ", reply, StringComparison.Ordinal);
        Assert.Equal(0, reached);
    }

    [Fact]
    public async Task TheAbsoluteFormIsTakenForItsPath()
    {
        string? seen = null;
        await using var gateway = await GatewayHarness.StartAsync(context =>
        {
            seen = context.Request.Host + context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            return ReplyAsync(context);
        });

        var reply = await SendAsync(gateway, $"POST http://localhost{ConversePath} HTTP/1.1\r\nHost: localhost\r\n{Short}");

        Assert.StartsWith("HTTP/1.1 200 ", reply, StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1:", seen, StringComparison.Ordinal);
        Assert.EndsWith(ConversePath, seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host: evil.example\r\n")]
    [InlineData("Host: localhost\r\nOrigin: http://evil.example\r\n")]
    [InlineData("Host: localhost\r\nOrigin: null\r\n")]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: cross-site\r\n")]
    public async Task AWebPageCannotSpendThroughALoopbackGateway(string fields)
    {
        foreach (var mode in new AuthMode?[] { null, AuthMode.Optional })
        {
            var reached = 0;
            await using var gateway = await GatewayHarness.StartAsync(
                context =>
                {
                    reached++;
                    return ReplyAsync(context);
                },
                new() { Auth = mode });

            var reply = await SendAsync(gateway, $"POST {ConversePath} HTTP/1.1\r\n{fields}Content-Type: text/plain\r\n{Short}");

            Assert.StartsWith("HTTP/1.1 403 ", reply, StringComparison.Ordinal);
            Assert.Contains("AccessDeniedException", reply, StringComparison.Ordinal);
            Assert.Equal(0, reached);
        }
    }

    [Fact]
    public async Task ACallerWhoNeedsAKeyAndHasNoneIsRefusedBeforeItsBodyIsRead()
    {
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context), new() { Auth = AuthMode.Required });
        foreach (var credential in new[] { "", "Authorization: Bearer sluice.SLCEAAAAAAAAAAAAAAAA.wrong\r\n", "x-api-key: nonsense\r\n" })
        {
            var reply = await SendAsync(gateway, $"POST {ConversePath} HTTP/1.1\r\nHost: localhost\r\n{credential}Content-Length: 1000000\r\n\r\n{{");

            Assert.StartsWith("HTTP/1.1 403 ", reply, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ABodyThatDoesNotArriveInTimeIsGivenUp()
    {
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context), new() { BodyLimit = TimeSpan.FromMilliseconds(100) });

        Assert.StartsWith("HTTP/1.1 408 ", await SendAsync(gateway, $"POST {ConversePath} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{{"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodiesBeyondTheirMemoryAndCallsBeyondTheirNumberAreTurnedAwayAndLeaveRoomForLater()
    {
        using var calls = new CallsUnderWay(maxCalls: 1, maxBodyBytes: 64 * 1024);
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context), new() { Calls = calls });
        var large = new string('x', 100_000);

        Assert.StartsWith("HTTP/1.1 503 ", await SendAsync(gateway, $"POST {ConversePath} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{large}"), StringComparison.Ordinal);
        Assert.True(calls.TryEnter());
        Assert.StartsWith("HTTP/1.1 503 ", await SendAsync(gateway, $"POST {ConversePath} HTTP/1.1\r\nHost: localhost\r\n{Short}"), StringComparison.Ordinal);
        calls.Leave(wasCut: false);
        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync(gateway, $"POST {ConversePath} HTTP/1.1\r\nHost: localhost\r\n{Short}"), StringComparison.Ordinal);
        Assert.Equal(0, calls.Count);
    }

    [Fact]
    public async Task WhatIsNotCompleteWhenTheGatewayStopsIsRefused()
    {
        using var calls = new CallsUnderWay(10, long.MaxValue);
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context), new() { Calls = calls });
        using var socket = await ConnectAsync(gateway);
        await socket.SendAsync(Encoding.Latin1.GetBytes($"POST {ConversePath} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n{{"));
        var begun = new byte[25];
        await new NetworkStream(socket).ReadExactlyAsync(begun);

        calls.Stop();

        Assert.StartsWith("HTTP/1.1 503 ", await ReadAsync(socket), StringComparison.Ordinal);
        Assert.Equal((1, 0), calls.Ended);
    }

    [Theory]
    [InlineData("sk-bad", UpstreamKind.Aws, 403)]
    [InlineData("sk-bad", UpstreamKind.Simulator, 403)]
    [InlineData("sk-bad", UpstreamKind.Url, 200)]
    [InlineData("unused", UpstreamKind.Aws, 200)]
    [InlineData("Not-Needed", UpstreamKind.Simulator, 200)]
    public async Task AForeignTokenPassesOnlyIfTheUpstreamWillSeeIt(string token, UpstreamKind kind, int status)
    {
        var settings = new GatewayHarness.Settings
        {
            Upstream = new() { Name = "test", Kind = kind },
            Authorizer = kind == UpstreamKind.Aws ? new BearerAuthorizer("ours") : null,
        };
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context), settings);
        foreach (var field in new[] { $"Authorization: Bearer {token}", $"x-api-key: {token}" })
        {
            var reply = await SendAsync(gateway, $"POST {ConversePath} HTTP/1.1\r\nHost: localhost\r\n{field}\r\n{Short}");

            Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
            Assert.DoesNotContain(token, reply, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AWrongSecretGetsTheSameWordsWhetherItsKeyIsKnownRevokedOrNone()
    {
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context));
        var known = gateway.Keys.Create(System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, admin: false);
        var revoked = gateway.Keys.Create(System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, admin: false);
        gateway.Keys.Revoke(revoked.Key.KeyId);
        var bodies = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in new[] { $"sluice.{known.Key.KeyId}.wrong", $"sluice.{revoked.Key.KeyId}.wrong", "sluice.SLCEAAAAAAAAAAAAAAAA.wrong" })
        {
            var reply = await SendAsync(gateway, $"POST {ConversePath} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{Short}");
            Assert.StartsWith("HTTP/1.1 403 ", reply, StringComparison.Ordinal);
            bodies.Add(reply[reply.IndexOf("\r\n\r\n", StringComparison.Ordinal)..].Replace(token.Split('.')[1], "ID", StringComparison.Ordinal));
        }
        Assert.Single(bodies);
        var whole = await SendAsync(gateway, $"POST {ConversePath} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sluice.secret-without-dot\r\n{Short}");
        Assert.DoesNotContain("secret-without-dot", whole, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKeyThatIsLimitedToModelsIsHeldToThemInPathAndBody()
    {
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context));
        var key = gateway.Keys.Create(System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, admin: false, new() { Models = ["openai.*"] });

        Assert.Equal(403, await StatusAsync(gateway, key.Token, ConversePath, "{}"));
        Assert.Equal(403, await StatusAsync(gateway, key.Token, "/v1/chat/completions", """{"model":"qwen.x"}"""));
        Assert.Equal(403, await StatusAsync(gateway, key.Token, "/v1/chat/completions", "{}"));
        Assert.Equal(200, await StatusAsync(gateway, key.Token, "/v1/chat/completions", """{"model":"openai.gpt-oss-20b-1:0"}"""));
        Assert.Equal(403, await StatusAsync(gateway, key.Token, "/async-invoke", """{"modelId":"openai.x"}"""));
    }

    private static async Task<int> StatusAsync(GatewayHarness gateway, string token, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var reply = await gateway.Client.SendAsync(request);
        return (int)reply.StatusCode;
    }

    private static async Task<Socket> ConnectAsync(GatewayHarness gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Address.Port));
        return socket;
    }

    private static async Task<string> SendAsync(GatewayHarness gateway, string request)
    {
        using var socket = await ConnectAsync(gateway);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        return await ReadAsync(socket);
    }

    /// <summary>Up to the end of the first reply, by its own framing where it has a body.</summary>
    private static async Task<string> ReadAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token);
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (read == 0 || text.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal) || text.ToString().Contains('}', StringComparison.Ordinal))
                return text.ToString();
        }
    }
}
