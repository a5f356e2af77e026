using System.Net;
using System.Text;
using Sluice.Testing;

namespace Sluice.Tests.Commands.Import.Pulling;

/// <summary>An API on loopback that gives the answers it is told, one after the other, and keeps what it was asked.</summary>
internal sealed class ApiOnLoopback : IDisposable
{
    private readonly Queue<(int Status, string Body, string? RetryAfter)> _answers = new();
    private readonly LoopbackServer _server;

    public ApiOnLoopback() => _server = new LoopbackServer(AnswerAsync);

    public Uri Address => _server.Address;

    public List<(string Target, string Body, Dictionary<string, string> Headers)> Asked { get; } = [];

    public void Answers(string body, int status = 200, string? retryAfter = null) => _answers.Enqueue((status, body, retryAfter));

    public void Dispose() => _server.Dispose();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var headers = context.Request.Headers.AllKeys.ToDictionary(k => k!.ToLowerInvariant(), k => context.Request.Headers[k]!, StringComparer.Ordinal);
        Asked.Add((context.Request.RawUrl!, await reader.ReadToEndAsync(), headers));
        var (status, body, retryAfter) = _answers.TryDequeue(out var next) ? next : (500, "{}", null);
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.AddHeader("Retry-After", retryAfter);
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
    }
}
