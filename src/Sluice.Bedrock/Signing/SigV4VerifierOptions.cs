namespace Sluice.Bedrock.Signing;

/// <summary>What a verifier accepts.</summary>
public sealed record SigV4VerifierOptions
{
    /// <summary>How far apart the caller's clock and ours may be; AWS allows five minutes.</summary>
    public TimeSpan MaxSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Accepts <c>UNSIGNED-PAYLOAD</c>: the signature then says nothing about the body.</summary>
    public bool AllowUnsignedPayload { get; init; }

    /// <summary>Resolves <c>.</c>, <c>..</c> and empty segments of the path, as callers do for every service but S3.</summary>
    public bool NormalizePath { get; init; } = true;
}
