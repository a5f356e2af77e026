using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>A caller who writes bytes, since no HTTP client would send what callers do send.</summary>
internal sealed record RawCaller(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    /// <summary>Posts a body with these header lines, each without its end, and reads until the gateway closes.</summary>
    public static Task<RawCaller> PostAsync(Uri gateway, string target, string body, params string[] headers) =>
        SendAsync(gateway, $"POST {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n{body}");

    /// <param name="gateway">Where it listens.</param>
    /// <param name="request">Each character is a byte.</param>
    /// <param name="leaving">When the caller hangs up.</param>
    public static async Task<RawCaller> SendAsync(Uri gateway, string request, CancellationToken leaving = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        patience.CancelAfter(HangGuard.Limit);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Port, patience.Token);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), patience.Token);
        using var received = new MemoryStream();
        var buffer = new byte[8192];
        for (int read; (read = await socket.ReceiveAsync(buffer, patience.Token)) > 0;)
            received.Write(buffer, 0, read);
        return Parse(Encoding.Latin1.GetString(received.ToArray()));
    }

    public string? Header(string name) => Headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static RawCaller Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = text[..end].Split("\r\n");
        var headers = head.Skip(1).Select(l => l.Split(':', 2)).Select(f => KeyValuePair.Create(f[0], f[1].Trim())).ToList();
        return new RawCaller(int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, text[(end + 4)..]);
    }
}
