using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Outbound;

/// <summary>
/// Stands where AWS would: the process's proxy for <c>*.amazonaws.com</c> and for nothing else, so that requests are made for
/// the real host name without leaving the machine. It keeps what it gets.
/// </summary>
internal sealed class AwsEdge : IWebProxy, IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly IWebProxy _before = HttpClient.DefaultProxy;
    private readonly ConcurrentQueue<CapturedCall> _calls = [];

    private AwsEdge(WebApplication application) => _application = application;

    public IReadOnlyCollection<CapturedCall> Calls => _calls;

    public ICredentials? Credentials { get; set; }

    public static async Task<AwsEdge> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var edge = new AwsEdge(builder.Build());
        edge._application.Run(edge.KeepAsync);
        await edge._application.StartAsync();
        HttpClient.DefaultProxy = edge;
        return edge;
    }

    public Uri GetProxy(Uri destination) =>
        new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public bool IsBypassed(Uri host) => !host.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        HttpClient.DefaultProxy = _before;
        await _application.DisposeAsync();
    }

    private async Task KeepAsync(HttpContext context)
    {
        // A request to a proxy names the whole address; what AWS would see is the part after the host.
        var address = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var origin = $"http://{context.Request.Host}";
        var target = address.StartsWith(origin, StringComparison.Ordinal) ? address[origin.Length..] : address;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());
        _calls.Enqueue(new CapturedCall("", context.Request.Method, target, new SortedDictionary<string, string>(headers, StringComparer.Ordinal), body.ToArray()));
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("{}");
    }
}
