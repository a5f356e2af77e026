using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Testing;

namespace EndToEnd.BadInput;

/// <summary>What came back on a bare TCP connection, which is the only way to send what no HTTP client would.</summary>
internal sealed record RawReply(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>Sends the bytes, and reads until the server closes.</summary>
    /// <param name="hangsUp">Says at once that no more will come, in the middle of a request.</param>
    public static async Task<RawReply> OfAsync(Uri server, byte[] request, bool hangsUp)
    {
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, patience.Token);
        await socket.SendAsync(request, patience.Token);
        if (hangsUp)
            socket.Shutdown(SocketShutdown.Send);
        using var received = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer, patience.Token)) > 0;)
                received.Write(buffer, 0, read);
        }
        catch (SocketException)
        {
            // A server that does not want the rest of a request may reset the connection after its reply.
        }
        return Parse(Encoding.UTF8.GetString(received.ToArray()));
    }

    private static RawReply Parse(string text)
    {
        if (text.Length == 0)
            return new RawReply(0, new Dictionary<string, string>(), "");
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = text[..end].Split("\r\n");
        var headers = head.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(f => f[0], f => f[1].Trim(), StringComparer.OrdinalIgnoreCase);
        return new RawReply(int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, text[(end + 4)..]);
    }
}
