using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Sluice.Testing;

namespace Sluice.Insights.Tests.Harness;

/// <summary>What a receiver was sent.</summary>
internal sealed record Received(string Path, Dictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A small HTTP server on loopback that takes POSTs, and can be away and come back at its place.</summary>
internal sealed class HttpReceiver : IAsyncDisposable
{
    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();
    private HttpListener? _listener;
    private Task _serving = Task.CompletedTask;

    public HttpReceiver(bool isUp = true)
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/hook/T0P-SECRET");
        }
        if (isUp)
            Start();
    }

    public Uri Address { get; }

    /// <summary>What it answers; 204 at first.</summary>
    public Func<Received, HttpListenerResponse, Task> Answer { get; set; } = (_, response) =>
    {
        response.StatusCode = 204;
        return Task.CompletedTask;
    };

    public int Count { get; private set; }

    public bool IsEmpty => _received.Reader.Count == 0;

    public void Start()
    {
        _listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{Address.Port}/" } };
        _listener.Start();
        _serving = ServeAsync(_listener);
    }

    public async Task StopAsync()
    {
        _listener?.Close();
        _listener = null;
        await _serving;
    }

    public async Task<Received> NextAsync() => await _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(HangGuard.Limit);

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task ServeAsync(HttpListener listener)
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                var headers = context.Request.Headers.AllKeys.ToDictionary(k => k!, k => context.Request.Headers[k]!, StringComparer.OrdinalIgnoreCase);
                var received = new Received(context.Request.RawUrl!, headers, body.ToArray());
                Count++;
                await Answer(received, context.Response);
                context.Response.Close();
                _received.Writer.TryWrite(received);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }
}
