using Sluice.Gateway.Upstreams;

namespace Sluice.Hosting;

/// <summary>Makes upstreams of their options, and keeps those whose options a reload does not change, with their connections.</summary>
internal sealed class UpstreamFactory(TimeProvider time) : IDisposable
{
    private readonly Dictionary<UpstreamOptions, Upstream> _upstreams = [];

    public Upstream Get(UpstreamOptions options)
    {
        if (!_upstreams.TryGetValue(options, out var upstream))
            _upstreams[options] = upstream = new Upstream(options, Authorizer(options)) { Reachability = new(time) };
        return upstream;
    }

    public void Dispose()
    {
        foreach (var upstream in _upstreams.Values)
            upstream.Dispose();
    }

    private IAuthorizer Authorizer(UpstreamOptions options)
    {
        var token = Environment.GetEnvironmentVariable("AWS_BEARER_TOKEN_BEDROCK");
        var chosen = options.Authorization
            ?? (options.Kind != UpstreamKind.Aws ? UpstreamAuthorization.PassThrough
                : string.IsNullOrEmpty(token) ? UpstreamAuthorization.SigV4 : UpstreamAuthorization.Bearer);
        return chosen switch
        {
            UpstreamAuthorization.PassThrough => new PassThroughAuthorizer(),
            UpstreamAuthorization.Bearer when !string.IsNullOrEmpty(token) => new BearerAuthorizer(token),
            UpstreamAuthorization.Bearer => throw new CouldNotRunException(
                $"The upstream '{options.Name}' is to be called with a bearer token, but AWS_BEARER_TOKEN_BEDROCK is not set; set it, or choose authorization: sigv4."),
            _ => new AwsAuthorizer(options.Region, time, AwsCredentialChain.Default()),
        };
    }
}
