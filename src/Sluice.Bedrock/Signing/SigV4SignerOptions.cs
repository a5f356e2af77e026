namespace Sluice.Bedrock.Signing;

/// <summary>How requests are signed; the defaults are what Bedrock and the AWS SDKs do.</summary>
public sealed record SigV4SignerOptions
{
    /// <summary>Resolves <c>.</c>, <c>..</c> and empty segments of the path. S3 alone wants them kept.</summary>
    public bool NormalizePath { get; init; } = true;

    /// <summary>Sends and signs <c>x-amz-content-sha256</c>, as the AWS SDKs do.</summary>
    public bool SendPayloadHash { get; init; } = true;

    /// <summary>Sends the session token without signing it, which a few services outside Bedrock ask for.</summary>
    public bool LeaveSessionTokenUnsigned { get; init; }
}
