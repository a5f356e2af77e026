using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Tests.Commands.Import.Pulling;

/// <summary>An API on loopback that gives the answers it is told, one after the other, and keeps what it was asked.</summary>
internal sealed class ApiOnLoopback : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Queue<(int Status, string Body, string? RetryAfter)> _answers = new();

    public ApiOnLoopback()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public List<(string Target, string Body, Dictionary<string, string> Headers)> Asked { get; } = [];

    public void Answers(string body, int status = 200, string? retryAfter = null) => _answers.Enqueue((status, body, retryAfter));

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
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
            using var reader = new StreamReader(context.Request.InputStream);
            var headers = context.Request.Headers.AllKeys.ToDictionary(k => k!.ToLowerInvariant(), k => context.Request.Headers[k]!, StringComparer.Ordinal);
            Asked.Add((context.Request.RawUrl!, await reader.ReadToEndAsync(), headers));
            var (status, body, retryAfter) = _answers.TryDequeue(out var next) ? next : (500, "{}", null);
            context.Response.StatusCode = status;
            if (retryAfter is not null)
                context.Response.AddHeader("Retry-After", retryAfter);
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
            context.Response.Close();
        }
    }
}
