using System.Security.Cryptography;
using System.Text;

namespace Sluice.Bedrock.Signing;

/// <summary>Verifies inbound AWS Signature Version 4. Safe to share between threads.</summary>
public sealed class SigV4Verifier(SigV4VerifierOptions? options = null, SigningKeyCache? keys = null)
{
    private const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    /// <summary>What HTTP/2 calls the host; servers hand it on as <c>host</c>.</summary>
    private const string Http2Host = ":authority";

    private readonly SigV4VerifierOptions _options = options ?? new SigV4VerifierOptions();
    private readonly SigningKeyCache _keys = keys ?? new SigningKeyCache();

    /// <summary>Holds a request against its signature, comparing in constant time.</summary>
    /// <param name="request">As it came in, with all headers.</param>
    /// <param name="authorization">What the request claims.</param>
    /// <param name="secretAccessKey">Of the key that <paramref name="authorization"/> names.</param>
    /// <param name="now">The time by our clock.</param>
    public SignatureCheck Verify(in SigV4Request request, SigV4Authorization authorization, string secretAccessKey, DateTimeOffset now)
    {
        if (!TryGetTime(request, authorization, out var signedAt))
            return SignatureCheck.Malformed;
        if (!HasSignedHeaders(request, authorization))
            return SignatureCheck.MissingSignedHeader;
        if (signedAt - now > _options.MaxSkew || (!authorization.IsPresigned && now - signedAt > _options.MaxSkew))
            return SignatureCheck.ClockSkew;
        if (authorization.ExpiresAt < now)
            return SignatureCheck.Expired;

        Span<byte> bodyHash = stackalloc byte[SHA256.HashSizeInBytes];
        request.GetBodySha256(bodyHash);
        Span<byte> payloadHash = stackalloc byte[2 * SHA256.HashSizeInBytes];
        Convert.TryToHexStringLower(bodyHash, payloadHash, out _);
        if (request.FindHeader("x-amz-content-sha256") is { } claimed && !Ascii.EqualsIgnoreCase(payloadHash, claimed))
        {
            if (claimed is not UnsignedPayload || !_options.AllowUnsignedPayload)
                return SignatureCheck.PayloadMismatch;
            payloadHash = payloadHash[..Encoding.ASCII.GetBytes(claimed, payloadHash)];
        }
        return HasSignature(request, authorization, payloadHash, secretAccessKey, signedAt) ? SignatureCheck.Valid : SignatureCheck.SignatureMismatch;
    }

    private bool HasSignature(
        in SigV4Request request, SigV4Authorization authorization, ReadOnlySpan<byte> payloadHash, string secret, DateTimeOffset signedAt)
    {
        var signedHeaders = new Utf8Builder(stackalloc byte[512]);
        signedHeaders.Append(authorization.SignedHeaders);
        var canonical = new Utf8Builder(stackalloc byte[2048]);
        var signed = authorization.IsPresigned ? request with { RawQuery = WithoutSignature(request.RawQuery) } : request;
        CanonicalRequest.Write(ref canonical, signed, signedHeaders.Written, payloadHash, _options.NormalizePath);

        var scope = new SigningScope(signedAt.UtcDateTime, authorization.Region, authorization.Service);
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isKept = _keys.GetOrDerive(secret, scope, key);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        scope.Sign(canonical.Written, key, expected);
        canonical.Dispose();
        signedHeaders.Dispose();

        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Convert.FromHexString(authorization.Signature, presented, out _, out _);
        var isValid = CryptographicOperations.FixedTimeEquals(expected, presented);
        // Only a proven caller's region and service get a place: nobody else can push keys out of the cache.
        if (isValid && !isKept)
            _keys.Keep(secret, scope, key);
        return isValid;
    }

    private static bool TryGetTime(in SigV4Request request, SigV4Authorization authorization, out DateTimeOffset signedAt)
    {
        if (authorization.SignedAt is { } inQuery)
            signedAt = inQuery;
        else if (!SigV4Authorization.TryParseTime(request.FindHeader("x-amz-date"), out signedAt))
            return false;
        return DateOnly.FromDateTime(signedAt.UtcDateTime) == authorization.Date;
    }

    private static bool HasSignedHeaders(in SigV4Request request, SigV4Authorization authorization)
    {
        if (!(authorization.Signs("host") || authorization.Signs(Http2Host)) || !(authorization.IsPresigned || authorization.Signs("x-amz-date")))
            return false;
        var names = authorization.SignedHeaders.AsSpan();
        foreach (var range in names.Split(';'))
        {
            var name = names[range].SequenceEqual(Http2Host) ? "host" : names[range];
            var arrived = false;
            foreach (var header in request.Headers)
                arrived |= name.Equals(header.Key, StringComparison.OrdinalIgnoreCase);
            if (!arrived)
                return false;
        }
        return true;
    }

    private static string WithoutSignature(ReadOnlySpan<char> query)
    {
        var kept = new StringBuilder(query.Length);
        foreach (var range in query.Split('&'))
        {
            if (!query[range].StartsWith("X-Amz-Signature=", StringComparison.Ordinal))
                kept.Append(kept.Length > 0 ? "&" : "").Append(query[range]);
        }
        return kept.ToString();
    }
}
