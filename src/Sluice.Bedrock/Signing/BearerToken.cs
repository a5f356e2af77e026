using System.Text;

namespace Sluice.Bedrock.Signing;

/// <summary>What a bearer token is.</summary>
public enum BearerTokenKind
{
    /// <summary>None of Bedrock's: a key of Sluice or anyone else's.</summary>
    Opaque,
    /// <summary>A Bedrock API key of at most twelve hours: in truth a presigned request.</summary>
    ShortTerm,
    /// <summary>A Bedrock API key that belongs to an IAM user.</summary>
    LongTerm,
}

/// <summary>
/// What a caller presents instead of a signature (<c>AWS_BEARER_TOKEN_BEDROCK</c>). Prints as its kind alone, since the
/// token is a secret. Recognising a token verifies nothing.
/// </summary>
public sealed class BearerToken
{
    /// <summary>The longest that a short-term key may hold.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(12);

    private const string Scheme = "Bearer ";
    private const string ShortTermPrefix = "bedrock-api-key-";
    private const string LongTermPrefix = "ABSK";
    private const string VersionSuffix = "&Version=1";

    // A short-term key with a session token takes some 2,500 characters.
    private const int MaxDecodedLength = 16 * 1024;

    private BearerToken(string value) => Value = value;

    public BearerTokenKind Kind { get; private init; }

    /// <summary>The token itself: a secret.</summary>
    public string Value { get; }

    /// <summary>The key that signed a short-term key; null for the other kinds.</summary>
    public string? AccessKeyId => Presigned?.AccessKeyId;

    /// <summary>The region that a short-term key is for; null for the other kinds.</summary>
    public string? Region => Presigned?.Region;

    /// <summary>When a short-term key ends to hold; null for the other kinds.</summary>
    public DateTimeOffset? ExpiresAt => Presigned?.ExpiresAt;

    /// <summary>The name in a long-term key, <c>BedrockAPIKey-xxxx</c>; null for the other kinds.</summary>
    public string? UserName { get; private init; }

    private SigV4Authorization? Presigned { get; init; }

    private string Host { get; init; } = "";

    private string Query { get; init; } = "";

    /// <summary>Reads an <c>authorization</c> header. False where it isn't of the scheme <c>Bearer</c>, or empty.</summary>
    public static bool TryParseHeader(string? authorizationHeader, out BearerToken? token)
    {
        token = authorizationHeader is not null && authorizationHeader.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && authorizationHeader.AsSpan(Scheme.Length).Trim() is { IsEmpty: false } value ? Parse(value.ToString()) : null;
        return token is not null;
    }

    /// <summary>Reads a token without its scheme. What only looks like a Bedrock key is <see cref="BearerTokenKind.Opaque"/>.</summary>
    public static BearerToken Parse(string value)
    {
        if (value.StartsWith(ShortTermPrefix, StringComparison.Ordinal))
            return ParseShortTerm(value) ?? new BearerToken(value);
        return value.StartsWith(LongTermPrefix, StringComparison.Ordinal) && ParseLongTerm(value) is { } longTerm
            ? longTerm
            : new BearerToken(value);
    }

    /// <summary>
    /// Whether a short-term key was made with this secret and still holds. Any other kind, and a key whose inside isn't the
    /// call that such keys stand for, is <see cref="SignatureCheck.Malformed"/>.
    /// </summary>
    public SignatureCheck Verify(SigV4Verifier verifier, string secretAccessKey, DateTimeOffset now)
    {
        if (Presigned is null)
            return SignatureCheck.Malformed;
        if (Presigned.Lifetime > MaxLifetime)
            return SignatureCheck.LivesTooLong;
        var request = new SigV4Request
        {
            Method = "POST",
            RawPath = "/",
            RawQuery = Query,
            Headers = [new KeyValuePair<string, string>("host", Host)],
        };
        return verifier.Verify(request, Presigned, secretAccessKey, now);
    }

    public override string ToString() => Kind.ToString();

    /// <summary>
    /// The inside is <c>bedrock.amazonaws.com/?Action=CallWithBearerToken&amp;X-Amz-...&amp;Version=1</c>, where the version
    /// was added after signing (@aws/bedrock-token-generator 1.1.0).
    /// </summary>
    private static BearerToken? ParseShortTerm(string value)
    {
        var url = Decode(value.AsSpan(ShortTermPrefix.Length));
        var question = url?.IndexOf("/?", StringComparison.Ordinal) ?? -1;
        if (url is null || question <= 0 || !url.EndsWith(VersionSuffix, StringComparison.Ordinal))
            return null;
        var query = url[(question + 2)..^VersionSuffix.Length];
        var isCall = $"&{query}&".Contains("&Action=CallWithBearerToken&", StringComparison.Ordinal);
        return isCall && SigV4Authorization.TryParseQuery(query, out var presigned) && presigned!.Service == "bedrock"
            ? new BearerToken(value) { Kind = BearerTokenKind.ShortTerm, Presigned = presigned, Host = url[..question], Query = query }
            : null;
    }

    private static BearerToken? ParseLongTerm(string value)
    {
        var inside = Decode(value.AsSpan(LongTermPrefix.Length));
        var colon = inside?.IndexOf(':') ?? -1;
        return colon > 0 && inside!.StartsWith("BedrockAPIKey-", StringComparison.Ordinal)
            ? new BearerToken(value) { Kind = BearerTokenKind.LongTerm, UserName = inside[..colon] }
            : null;
    }

    private static string? Decode(ReadOnlySpan<char> base64)
    {
        if (base64.Length > MaxDecodedLength)
            return null;
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64Chars(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
