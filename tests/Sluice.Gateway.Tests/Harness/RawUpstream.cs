using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>A server of bytes: it keeps each request as it was on the wire, and answers with whatever the test gives.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private static readonly byte[] Ok = Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Canned.ConverseReply.Length}\r\n\r\n{Canned.ConverseReply}");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    public RawUpstream()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public ConcurrentQueue<WireRequest> Requests { get; } = [];

    /// <summary>The bytes of the reply to the request of that number, from 1; empty to close without one.</summary>
    public Func<int, byte[]> Answer { get; set; } = _ => Ok;

    /// <summary>Closes after each reply, as a reply without a length needs it.</summary>
    public bool ClosesAfterReply { get; set; } = true;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _serving;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = TalkAsync(await _listener.AcceptSocketAsync(_stopping.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                await using var stream = new NetworkStream(socket);
                while (await WireRequest.ReadAsync(stream, _stopping.Token) is { } request)
                {
                    Requests.Enqueue(request);
                    await stream.WriteAsync(Answer(Requests.Count), _stopping.Token);
                    if (ClosesAfterReply)
                        return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The gateway has hung up, or the test has ended.
        }
    }
}
