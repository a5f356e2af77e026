namespace Sluice.Gateway.Upstreams;

public enum UpstreamKind
{
    /// <summary>The embedded simulator of Bedrock.</summary>
    Simulator,

    /// <summary>Amazon Bedrock itself, in one region.</summary>
    Aws,

    /// <summary>Anything that speaks Bedrock at a base URL.</summary>
    Url,
}

/// <summary>How requests to an upstream are authorised.</summary>
public enum UpstreamAuthorization
{
    /// <summary>As the caller sent them, but without a Sluice credential. The default for simulator and URL.</summary>
    PassThrough,

    /// <summary>Signed with the credentials that AWS's standard chain finds. The default for AWS.</summary>
    SigV4,

    /// <summary>With the bearer token of AWS_BEARER_TOKEN_BEDROCK; AWS SDKs prefer it too where it is set.</summary>
    Bearer,
}

/// <summary>One upstream, as the owner configured it.</summary>
public sealed record UpstreamOptions
{
    public required string Name { get; init; }

    public required UpstreamKind Kind { get; init; }

    /// <summary>The region that is called, which decides prices; AWS's host follows from it.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The base URL; for AWS null, unless a VPC endpoint or FIPS host is meant.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>Where GetInferenceProfile is asked; for AWS null means the region's own control plane, otherwise null means nowhere.</summary>
    public Uri? ControlPlane { get; init; }

    public UpstreamAuthorization? Authorization { get; init; }

    /// <summary>Speak HTTP/2 to the upstream; needs TLS, or an upstream that takes it in the clear.</summary>
    public bool Http2 { get; init; }

    /// <summary>Longest wait for the next byte of a reply while the caller is there. Long answers without streaming take minutes.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest wait for the rest of a reply whose caller has left, so that its usage is known.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromMinutes(2);

    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(5);
}
