using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Sluice.Simulator.Serving;

/// <summary>
/// Serves HTTP/2 by prior knowledge beside HTTP/1.1 on one unencrypted port. Kestrel takes such a port for HTTP/1.1 alone,
/// but the AWS SDK for JavaScript speaks HTTP/2 to Bedrock without asking. So the first bytes are looked at, and a
/// connection that begins with HTTP/2's preface is passed on as if TLS had negotiated it.
/// </summary>
public static class PriorKnowledge
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n"u8;

    /// <summary>The server has to allow alternate schemes, since requests on such a connection say http.</summary>
    public static void Use(ListenOptions listen) => Use(listen, Timeout.InfiniteTimeSpan);

    /// <param name="listen">The endpoint.</param>
    /// <param name="firstBytes">How long a connection may take to say what it speaks. The server's own limits begin after that.</param>
    public static void Use(ListenOptions listen, TimeSpan firstBytes)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.Use(next => async connection =>
        {
            if (await StartsWithPrefaceAsync(connection, firstBytes) is not { } isHttp2)
            {
                connection.Abort();
                return;
            }
            if (isHttp2)
            {
                connection.Features.Set<ITlsConnectionFeature>(Negotiated.Http2);
                connection.Features.Set<ITlsApplicationProtocolFeature>(Negotiated.Http2);
            }
            await next(connection);
        });
    }

    /// <summary>Null if it says nothing in time, or has said nothing when the server stops.</summary>
    private static async Task<bool?> StartsWithPrefaceAsync(ConnectionContext connection, TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, patience.Token, stopping);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(either.Token);
                var isSoFar = Matches(read.Buffer);
                var isWhole = read.Buffer.Length >= Preface.Length;
                var isDecided = !isSoFar || isWhole || read.IsCompleted;
                input.AdvanceTo(read.Buffer.Start, isDecided ? read.Buffer.Start : read.Buffer.End);
                if (isDecided)
                    return isSoFar && isWhole;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Gone before it said anything, as health checks of load balancers do; the server itself knows how to end it.
            return patience.IsCancellationRequested || stopping.IsCancellationRequested ? null : false;
        }
    }

    private static bool Matches(ReadOnlySequence<byte> bytes)
    {
        Span<byte> first = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(bytes.Length, first.Length);
        bytes.Slice(0, length).CopyTo(first);
        return first[..length].SequenceEqual(Preface[..length]);
    }

    private sealed class Negotiated : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public static Negotiated Http2 { get; } = new();

        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
