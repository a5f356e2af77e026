using System.Net;
using System.Text;
using Sluice.Gateway.Edge;

namespace Sluice.Gateway.Upstreams;

/// <summary>A place that answers calls: its address, its pooled connections and how requests to it are authorised.</summary>
public sealed class Upstream : IDisposable
{
    private readonly HttpMessageInvoker _client;
    private readonly IAuthorizer _authorizer;
    private readonly UpstreamOrigin _origin;
    private readonly UpstreamOrigin? _mantle;
    private readonly UpstreamOrigin? _controlPlane;

    public Upstream(UpstreamOptions options, IAuthorizer authorizer)
    {
        Options = options;
        _authorizer = authorizer;
        _origin = new(options.BaseAddress ?? new Uri($"https://bedrock-runtime.{options.Region}.{DnsSuffix(options.Region)}"));
        _controlPlane = options.ControlPlane is null ? null : new(options.ControlPlane);
        if (options is { Kind: UpstreamKind.Aws, BaseAddress: null })
        {
            _mantle = new(new Uri($"https://bedrock-mantle.{options.Region}.api.aws"));
            _controlPlane ??= new(new Uri($"https://bedrock.{options.Region}.{DnsSuffix(options.Region)}"));
        }
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            UseProxy = options.Kind == UpstreamKind.Aws,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectLimit,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            // DNS of an AWS endpoint changes; connections are renewed often enough to follow it.
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        });
    }

    public UpstreamOptions Options { get; }

    public string Name => Options.Name;

    public string Region => Options.Region;

    /// <summary>What attempts at it have shown.</summary>
    public Reachability Reachability { get; init; } = new(TimeProvider.System);

    /// <summary>The address that a request target leads to, its percent-encoding untouched.</summary>
    public Uri Address(RequestTarget target)
    {
        // The paths /v1/... are served by bedrock-mantle alone; every other path by the runtime's host.
        var origin = _mantle is not null && target.Text.StartsWith("/v1/", StringComparison.Ordinal) ? _mantle : _origin;
        return origin.At(target);
    }

    /// <summary>Scheme, host, port and base path, for messages.</summary>
    public string Origin => _origin.ToString();

    /// <summary>Whether it is called as us rather than as the caller.</summary>
    public bool ReplacesCaller => _authorizer.ReplacesCaller;

    /// <summary>Adds what authorises the request to go to this upstream.</summary>
    /// <exception cref="UpstreamException">Our own credentials can't be had.</exception>
    public ValueTask AuthorizeAsync(OutboundRequest request, CancellationToken cancellationToken) => _authorizer.AuthorizeAsync(request, cancellationToken);

    /// <summary>Sends and returns when the headers of the reply are here.</summary>
    public Task<HttpResponseMessage> SendAsync(OutboundRequest request, CancellationToken cancellationToken)
    {
        if (Options.Http2)
        {
            request.Message.Version = HttpVersion.Version20;
            request.Message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }
        return _client.SendAsync(request.Message, cancellationToken);
    }

    /// <summary>Reads from the control plane; null where this upstream has none that Sluice knows.</summary>
    /// <exception cref="HttpRequestException">It answered with an error.</exception>
    public async Task<byte[]?> GetControlPlaneAsync(RequestTarget target, CancellationToken cancellationToken)
    {
        if (_controlPlane is null)
            return null;
        using var outbound = new OutboundRequest("GET", _controlPlane.At(target), new HeaderList(), default);
        await AuthorizeAsync(outbound, cancellationToken);
        using var response = await _client.SendAsync(outbound.Message, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    internal static string DnsSuffix(string region) => region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
}
