using System.Buffers;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Bedrock.Signing;

/// <summary>Signs requests by AWS Signature Version 4, in a header or in the query. Safe to share between threads.</summary>
public sealed class SigV4Signer(SigV4SignerOptions? options = null, SigningKeyCache? keys = null)
{
    private readonly SigV4SignerOptions _options = options ?? new SigV4SignerOptions();
    private readonly SigningKeyCache _keys = keys ?? new SigningKeyCache();

    /// <summary>Signs all the request's headers but those that proxies change, with the rest of the request.</summary>
    /// <param name="request">What will be sent. Headers of an earlier signature in it are ignored.</param>
    /// <param name="credentials">Whom to sign as.</param>
    /// <param name="region">The region of the host: <c>eu-west-1</c>.</param>
    /// <param name="service">The signing name, <c>bedrock</c> for both Bedrock's hosts.</param>
    /// <param name="at">The time of signing; AWS accepts five minutes of difference.</param>
    /// <exception cref="ArgumentException">The request has no <c>host</c> header.</exception>
    public SigV4Headers SignHeaders(
        in SigV4Request request, SigningCredentials credentials, string region, string service, DateTimeOffset at)
    {
        var scope = new SigningScope(at.UtcDateTime, region, service);
        var date = scope.Utc.ToString(SigningScope.TimeFormat);
        Span<byte> bodyHash = stackalloc byte[SHA256.HashSizeInBytes];
        request.GetBodySha256(bodyHash);
        var contentSha256 = _options.SendPayloadHash ? Convert.ToHexStringLower(bodyHash) : null;

        var pooled = ArrayPool<KeyValuePair<string, string>>.Shared.Rent(request.Headers.Length + 3);
        var count = CopySignable(request.Headers, pooled);
        pooled[count++] = new("x-amz-date", date);
        if (contentSha256 is not null)
            pooled[count++] = new("x-amz-content-sha256", contentSha256);
        if (credentials.SessionToken is not null && !_options.LeaveSessionTokenUnsigned)
            pooled[count++] = new("x-amz-security-token", credentials.SessionToken);
        var headers = pooled.AsSpan(0, count);

        var signedHeaders = new Utf8Builder(stackalloc byte[512]);
        WriteSignedHeaders(ref signedHeaders, headers);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(request with { Headers = headers }, signedHeaders.Written, bodyHash, credentials, scope, signature);

        var authorization = new Utf8Builder(stackalloc byte[1024]);
        authorization.Append(SigningScope.Algorithm);
        authorization.Append(" Credential="u8);
        authorization.Append(credentials.AccessKeyId);
        authorization.Append((byte)'/');
        scope.AppendTo(ref authorization);
        authorization.Append(", SignedHeaders="u8);
        authorization.Append(signedHeaders.Written);
        authorization.Append(", Signature="u8);
        authorization.AppendHex(signature);
        var result = new SigV4Headers(Encoding.UTF8.GetString(authorization.Written), date, credentials.SessionToken, contentSha256);

        authorization.Dispose();
        signedHeaders.Dispose();
        ArrayPool<KeyValuePair<string, string>>.Shared.Return(pooled, clearArray: true);
        return result;
    }

    /// <summary>Signs in the query form and returns the whole query, without the question mark.</summary>
    /// <param name="request">What will be sent; all its headers are signed and must be sent too.</param>
    /// <param name="credentials">Whom to sign as.</param>
    /// <param name="region">The region of the host.</param>
    /// <param name="service">The signing name.</param>
    /// <param name="at">When the signature begins to hold.</param>
    /// <param name="lifetime">For how long it holds, from a second to seven days.</param>
    /// <exception cref="ArgumentException">The request has no <c>host</c> header, or the lifetime is out of bounds.</exception>
    public string Presign(
        in SigV4Request request, SigningCredentials credentials, string region, string service, DateTimeOffset at, TimeSpan lifetime)
    {
        if (lifetime < TimeSpan.FromSeconds(1) || lifetime > SigV4Authorization.MaxLifetime)
            throw new ArgumentException($"A signature can't hold for {lifetime}; choose from one second to seven days.", nameof(lifetime));
        var scope = new SigningScope(at.UtcDateTime, region, service);
        Span<byte> bodyHash = stackalloc byte[SHA256.HashSizeInBytes];
        request.GetBodySha256(bodyHash);
        var headers = new KeyValuePair<string, string>[request.Headers.Length];
        Array.Resize(ref headers, CopySignable(request.Headers, headers));
        var signedHeaders = new Utf8Builder(stackalloc byte[512]);
        WriteSignedHeaders(ref signedHeaders, headers);

        var query = new Utf8Builder(stackalloc byte[1024]);
        query.Append(request.RawQuery);
        query.Append(request.RawQuery.IsEmpty ? "X-Amz-Algorithm="u8 : "&X-Amz-Algorithm="u8);
        query.Append(SigningScope.Algorithm);
        query.Append("&X-Amz-Credential="u8);
        query.AppendEncoded($"{credentials.AccessKeyId}/{scope.Utc:yyyyMMdd}/{region}/{service}/aws4_request");
        query.Append("&X-Amz-Date="u8);
        scope.AppendTimeTo(ref query);
        query.Append("&X-Amz-SignedHeaders="u8);
        query.AppendEncoded(Encoding.UTF8.GetString(signedHeaders.Written));
        query.Append("&X-Amz-Expires="u8);
        query.Append($"{(long)lifetime.TotalSeconds}");
        if (!_options.LeaveSessionTokenUnsigned)
            AppendSessionToken(ref query, credentials);

        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var toSign = request with { RawQuery = Encoding.UTF8.GetString(query.Written), Headers = headers };
        Sign(toSign, signedHeaders.Written, bodyHash, credentials, scope, signature);
        if (_options.LeaveSessionTokenUnsigned)
            AppendSessionToken(ref query, credentials);
        query.Append("&X-Amz-Signature="u8);
        query.AppendHex(signature);
        var result = Encoding.UTF8.GetString(query.Written);

        query.Dispose();
        signedHeaders.Dispose();
        return result;
    }

    private static void AppendSessionToken(ref Utf8Builder query, SigningCredentials credentials)
    {
        if (credentials.SessionToken is null)
            return;
        query.Append("&X-Amz-Security-Token="u8);
        query.AppendEncoded(credentials.SessionToken);
    }

    private void Sign(
        in SigV4Request request, ReadOnlySpan<byte> signedHeaders, ReadOnlySpan<byte> bodyHash,
        SigningCredentials credentials, in SigningScope scope, Span<byte> signature)
    {
        Span<byte> payloadHash = stackalloc byte[2 * SHA256.HashSizeInBytes];
        Convert.TryToHexStringLower(bodyHash, payloadHash, out _);
        var canonical = new Utf8Builder(stackalloc byte[2048]);
        CanonicalRequest.Write(ref canonical, request, signedHeaders, payloadHash, _options.NormalizePath);

        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!_keys.GetOrDerive(credentials.SecretAccessKey, scope, key))
            _keys.Keep(credentials.SecretAccessKey, scope, key);
        scope.Sign(canonical.Written, key, signature);
        canonical.Dispose();
    }

    // Proxies on the way change or drop the first fourteen, so that signing them would break the signature; the AWS SDK for
    // JavaScript leaves out the same ones. The last four belong to an earlier signature.
    private static readonly FrozenSet<string> Unsigned = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "cache-control", "connection", "expect", "from", "keep-alive", "max-forwards", "pragma", "referer", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
        "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256");

    private static bool IsSignable(string name) =>
        !Unsigned.Contains(name)
        && !name.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("sec-", StringComparison.OrdinalIgnoreCase);

    private static int CopySignable(ReadOnlySpan<KeyValuePair<string, string>> from, Span<KeyValuePair<string, string>> to)
    {
        var count = 0;
        var hasHost = false;
        foreach (var header in from)
        {
            if (!IsSignable(header.Key))
                continue;
            hasHost |= string.Equals(header.Key, "host", StringComparison.OrdinalIgnoreCase);
            to[count++] = header;
        }
        return hasHost ? count : throw new ArgumentException("The request to sign has no 'host' header; add it.", nameof(from));
    }

    /// <summary>Sorts the headers by name and writes each name once.</summary>
    private static void WriteSignedHeaders(ref Utf8Builder output, Span<KeyValuePair<string, string>> headers)
    {
        // Insertion sort is stable, as the order of equal names must stay, and allocates nothing.
        for (var i = 1; i < headers.Length; i++)
        {
            for (var j = i; j > 0 && CompareLower(headers[j].Key, headers[j - 1].Key) < 0; j--)
                (headers[j], headers[j - 1]) = (headers[j - 1], headers[j]);
        }
        for (var i = 0; i < headers.Length; i++)
        {
            if (i > 0 && string.Equals(headers[i].Key, headers[i - 1].Key, StringComparison.OrdinalIgnoreCase))
                continue;
            if (i > 0)
                output.Append((byte)';');
            output.AppendLower(headers[i].Key);
        }
    }

    /// <summary>Compares as small letters, which unlike the BCL's comparison of capitals puts '_' before letters.</summary>
    private static int CompareLower(string a, string b)
    {
        var common = Math.Min(a.Length, b.Length);
        for (var i = 0; i < common; i++)
        {
            var difference = char.ToLowerInvariant(a[i]) - char.ToLowerInvariant(b[i]);
            if (difference != 0)
                return difference;
        }
        return a.Length - b.Length;
    }
}
