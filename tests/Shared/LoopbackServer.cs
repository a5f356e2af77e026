using System.Net;
using System.Net.Sockets;

namespace Sluice.Testing;

/// <summary>An HTTP server on a free port of loopback that answers one request after the other.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly HttpListener _listener = new();

    /// <param name="answer">Fills in the response, which is sent when it returns.</param>
    public LoopbackServer(Func<HttpListenerContext, Task> answer)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync(answer);
    }

    public Uri Address { get; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync(Func<HttpListenerContext, Task> answer)
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            await answer(context);
            context.Response.Close();
        }
    }
}
