using System.Buffers;
using System.Globalization;

namespace Sluice.Bedrock.Signing;

/// <summary>What a request claims about its signature, in its header or in its query. Nothing of it is verified yet.</summary>
public sealed class SigV4Authorization
{
    /// <summary>The longest that a signature in a query may hold.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(7);

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private SigV4Authorization(string accessKeyId, DateOnly date, string region, string service, string signedHeaders, string signature)
    {
        AccessKeyId = accessKeyId;
        Date = date;
        Region = region;
        Service = service;
        SignedHeaders = signedHeaders;
        Signature = signature;
    }

    public string AccessKeyId { get; }

    /// <summary>The day of the scope.</summary>
    public DateOnly Date { get; }

    public string Region { get; }

    public string Service { get; }

    /// <summary>Names as written, with semicolons between.</summary>
    public string SignedHeaders { get; }

    /// <summary>64 hexadecimal digits.</summary>
    public string Signature { get; }

    /// <summary>Whether this came from the query; only then are the next two known here.</summary>
    public bool IsPresigned => SignedAt is not null;

    /// <summary>The query's <c>X-Amz-Date</c>; in the header form the time is that of the <c>x-amz-date</c> header.</summary>
    public DateTimeOffset? SignedAt { get; private init; }

    /// <summary>The query's <c>X-Amz-Expires</c>, counted from <see cref="SignedAt"/>.</summary>
    public TimeSpan? Lifetime { get; private init; }

    /// <summary>When a signature in the query ends to hold; null for one in a header.</summary>
    public DateTimeOffset? ExpiresAt => SignedAt + Lifetime;

    public bool Signs(string header)
    {
        foreach (var name in SignedHeaders.AsSpan().Split(';'))
        {
            if (SignedHeaders.AsSpan(name).Equals(header, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    /// <summary>
    /// Reads <c>AWS4-HMAC-SHA256 Credential=.../20261121/eu-west-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date,
    /// Signature=...</c>. False for any other scheme, and for one of this scheme that lacks a part.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> authorizationHeader, out SigV4Authorization? authorization)
    {
        authorization = null;
        if (!authorizationHeader.StartsWith($"{SigningScope.Algorithm} ", StringComparison.Ordinal))
            return false;
        var rest = authorizationHeader[SigningScope.Algorithm.Length..];
        ReadOnlySpan<char> credential = default, signedHeaders = default, signature = default;
        foreach (var range in rest.Split(','))
        {
            var part = rest[range].Trim();
            var equals = part.IndexOf('=');
            if (equals < 0)
                return false;
            var value = part[(equals + 1)..];
            switch (part[..equals])
            {
                case "Credential": credential = value; break;
                case "SignedHeaders": signedHeaders = value; break;
                case "Signature": signature = value; break;
            }
        }
        authorization = Create(credential, signedHeaders, signature, signedAt: null, lifetime: null);
        return authorization is not null;
    }

    /// <summary>Reads the <c>X-Amz-*</c> parameters of a presigned request. False where one is missing or makes no sense.</summary>
    /// <param name="rawQuery">As on the wire, without the question mark.</param>
    /// <param name="authorization">Null on false.</param>
    public static bool TryParseQuery(ReadOnlySpan<char> rawQuery, out SigV4Authorization? authorization)
    {
        authorization = null;
        string? algorithm = null, credential = null, date = null, expires = null, signedHeaders = null, signature = null;
        foreach (var range in rawQuery.Split('&'))
        {
            var parameter = rawQuery[range];
            var equals = parameter.IndexOf('=');
            if (equals < 0)
                continue;
            var value = parameter[(equals + 1)..];
            switch (parameter[..equals])
            {
                case "X-Amz-Algorithm": algorithm = value.ToString(); break;
                case "X-Amz-Credential": credential = Uri.UnescapeDataString(value); break;
                case "X-Amz-Date": date = value.ToString(); break;
                case "X-Amz-Expires": expires = value.ToString(); break;
                case "X-Amz-SignedHeaders": signedHeaders = Uri.UnescapeDataString(value); break;
                case "X-Amz-Signature": signature = value.ToString(); break;
            }
        }
        if (algorithm is not SigningScope.Algorithm
            || !TryParseTime(date, out var signedAt)
            || !int.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds < 1 || seconds > MaxLifetime.TotalSeconds)
        {
            return false;
        }
        authorization = Create(credential, signedHeaders, signature, signedAt, TimeSpan.FromSeconds(seconds));
        return authorization is not null;
    }

    /// <summary>Reads the form of <c>x-amz-date</c>, <c>20261121T123600Z</c>.</summary>
    internal static bool TryParseTime(ReadOnlySpan<char> text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, SigningScope.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static SigV4Authorization? Create(
        ReadOnlySpan<char> credential, ReadOnlySpan<char> signedHeaders, ReadOnlySpan<char> signature, DateTimeOffset? signedAt, TimeSpan? lifetime)
    {
        Span<Range> parts = stackalloc Range[5];
        if (credential.Split(parts, '/') != 5
            || credential[parts[4]] is not "aws4_request"
            || !DateOnly.TryParseExact(credential[parts[1]], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || credential[parts[0]].IsEmpty || credential[parts[2]].IsEmpty || credential[parts[3]].IsEmpty
            || signedHeaders.IsEmpty
            || signature.Length != 64 || signature.ContainsAnyExcept(HexDigits))
        {
            return null;
        }
        return new SigV4Authorization(
            credential[parts[0]].ToString(), date, credential[parts[2]].ToString(), credential[parts[3]].ToString(),
            signedHeaders.ToString(), signature.ToString())
        {
            SignedAt = signedAt,
            Lifetime = lifetime,
        };
    }
}
