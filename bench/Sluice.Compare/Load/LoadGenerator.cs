using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Compare.Load;

/// <summary>
/// A closed loop: each connection sends its next request when it has the whole reply to the last one. Each has a thread
/// that blocks in the kernel, since on one connection the hop of an asynchronous client would cost more than what is measured.
/// </summary>
internal sealed class LoadGenerator : IDisposable
{
    private readonly Socket[] _sockets;
    private readonly ReplyReader[] _readers;

    public LoadGenerator(int port, int connections)
    {
        _sockets = new Socket[connections];
        _readers = new ReplyReader[connections];
        for (var i = 0; i < connections; i++)
        {
            _sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _sockets[i].Connect(IPAddress.Loopback, port);
            _readers[i] = new ReplyReader(_sockets[i]);
        }
    }

    /// <summary>Sends requests on all connections for a time; a request that has begun is seen to its end.</summary>
    /// <param name="requests">Sent in turn, each with the body that its reply must have.</param>
    public Measurement Run(IReadOnlyList<(byte[] Request, byte[] ReplyBody)> requests, TimeSpan duration)
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        return Run(requests, () => Stopwatch.GetTimestamp() < deadline);
    }

    /// <summary>The same, for a number of requests.</summary>
    public Measurement Run(IReadOnlyList<(byte[] Request, byte[] ReplyBody)> requests, int count)
    {
        var taken = 0;
        return Run(requests, () => Interlocked.Increment(ref taken) <= count);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    private Measurement Run(IReadOnlyList<(byte[] Request, byte[] ReplyBody)> requests, Func<bool> goOn)
    {
        var latencies = new List<long>[_sockets.Length];
        var firstBytes = new List<long>[_sockets.Length];
        var faults = new Exception?[_sockets.Length];
        string? head = null;
        var began = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, _sockets.Length).Select(i => new Thread(() => Loop(i))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        var elapsed = Stopwatch.GetElapsedTime(began);
        if (faults.FirstOrDefault(f => f is not null) is { } fault)
            throw new InvalidDataException($"A connection failed: {fault.Message}", fault);
        return new Measurement(Merge(latencies), Merge(firstBytes), elapsed, head ?? "");

        void Loop(int i)
        {
            latencies[i] = new List<long>(1 << 16);
            firstBytes[i] = new List<long>(1 << 16);
            try
            {
                for (var turn = i; goOn(); turn++)
                {
                    var (request, replyBody) = requests[turn % requests.Count];
                    var sentAt = Stopwatch.GetTimestamp();
                    _sockets[i].Send(request);
                    _readers[i].Read(replyBody, out var firstByteAt, ref head);
                    latencies[i].Add(Stopwatch.GetTimestamp() - sentAt);
                    firstBytes[i].Add(firstByteAt - sentAt);
                }
            }
            catch (Exception e) when (e is InvalidDataException or SocketException)
            {
                faults[i] = e;
            }
        }
    }

    private static long[] Merge(List<long>[] lists)
    {
        long[] merged = [.. lists.SelectMany(l => l)];
        Array.Sort(merged);
        return merged;
    }
}
