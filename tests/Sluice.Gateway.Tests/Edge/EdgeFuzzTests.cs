using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;
using static Sluice.Gateway.Tests.Harness.Canned;

namespace Sluice.Gateway.Tests.Edge;

/// <summary>
/// Whatever arrives, the gateway doesn't fail, and what it sends on goes to its upstream alone. SLUICE_FUZZ_SECONDS runs each test that long.
/// </summary>
public sealed class EdgeFuzzTests
{
    private const int Seed = 20261201;

    [Fact]
    public Task NoBytesMakeTheGatewayFailOrNameAnotherHost() => RepeatAsync(HttpProtocols.Http1, rounds: 1_500, async (gateway, random) =>
    {
        var request = RandomRequest.Of(random);
        var reply = await SendAsync(gateway, request);
        return reply.Contains("HTTP/1.1 500", StringComparison.Ordinal) ? $"{Encoding.Latin1.GetString(request)}\n\n{reply}" : null;
    });

    [Fact]
    public Task NoTargetOverHttp2MakesTheGatewayFailOrNameAnotherHost() => RepeatAsync(HttpProtocols.Http2, rounds: 1_500, async (gateway, random) =>
    {
        var target = (random.Next(2) == 0 ? "/" : ConversePath) + RandomTargets.Of(random);
        if (!Uri.TryCreate(gateway.Address.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var address))
            return null;
        try
        {
            using var request = Http2(address);
            using var reply = await gateway.Client.SendAsync(request);
            return reply.StatusCode == HttpStatusCode.InternalServerError ? target : null;
        }
        catch (HttpRequestException)
        {
            // The client doesn't send it, or the server's own parser resets the stream.
            return null;
        }
    });

    private static async Task RepeatAsync(HttpProtocols protocols, int rounds, Func<GatewayHarness, Random, Task<string?>> findFault)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHarness.StartAsync(context => ReplyAsync(context), new()
        {
            Protocols = protocols,
            Unknown = UnknownOperations.Pass,
            BodyLimit = TimeSpan.FromMilliseconds(250),
            Upstream = new() { Name = "test", Kind = UpstreamKind.Url, BaseAddress = upstream.Address },
        });

        // Most of a round waits for a socket, or for a body that never comes.
        await Parallel.ForEachAsync(Rounds(rounds), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (round, _) =>
        {
            var fault = await findFault(gateway, new Random(Seed + round));
            Assert.True(fault is null, $"Round {round}: {fault}");
        });

        Assert.NotEmpty(upstream.Requests);
        Assert.All(upstream.Requests, request =>
        {
            Assert.Equal(upstream.Address.Authority, Assert.Single(request.Values("Host")));
            Assert.StartsWith("/", request.Target, StringComparison.Ordinal);
            Assert.InRange(request.Values("Content-Length").Length + request.Values("Transfer-Encoding").Length, 0, 1);
        });
        // A busy machine may take longer over a good call's body than the limit that ends the endless ones.
        HttpStatusCode status;
        do
        {
            using var good = protocols == HttpProtocols.Http2
                ? Http2(new Uri(gateway.Address, ConversePath))
                : new(HttpMethod.Post, ConversePath) { Content = Body(ConverseRequest) };
            using var reply = await gateway.Client.SendAsync(good);
            status = reply.StatusCode;
        }
        while (status == HttpStatusCode.RequestTimeout);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static IEnumerable<int> Rounds(int rounds)
    {
        var limit = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var began = TimeProvider.System.GetTimestamp();
        for (var round = 0; limit is null ? round < rounds : TimeProvider.System.GetElapsedTime(began) < limit; round++)
            yield return round;
    }

    private static HttpRequestMessage Http2(Uri address) => new(HttpMethod.Post, address)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = Body(ConverseRequest),
    };

    /// <summary>All that comes back. After the first bytes no more is sent, so that the server doesn't wait for the rest of a body or another request.</summary>
    private static async Task<string> SendAsync(GatewayHarness gateway, byte[] request)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Address.Port), patience.Token);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            await socket.SendAsync(request, patience.Token);
            while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var read)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // The server hung up on what it didn't read.
        }
        return text.ToString();
    }
}
