namespace Sluice.Bedrock.Signing;

/// <summary>What verifying a signature found; the first fault in this order.</summary>
public enum SignatureCheck
{
    Valid,
    /// <summary><c>x-amz-date</c> is missing, unreadable, or of another day than the credential's scope.</summary>
    Malformed,
    /// <summary><c>host</c>, or in the header form <c>x-amz-date</c>, isn't signed; or a header that is signed didn't arrive.</summary>
    MissingSignedHeader,
    /// <summary>The request was signed too long ago, or in the future.</summary>
    ClockSkew,
    /// <summary>The lifetime of a presigned request is over.</summary>
    Expired,
    /// <summary>A short-term key was made to hold for longer than Bedrock accepts.</summary>
    LivesTooLong,
    /// <summary><c>x-amz-content-sha256</c> doesn't fit the body, or says that the body isn't signed where that isn't allowed.</summary>
    PayloadMismatch,
    /// <summary>Something of the request, or the secret, isn't what was signed.</summary>
    SignatureMismatch,
}
