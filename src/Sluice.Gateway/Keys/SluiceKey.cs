using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Gateway.Keys;

/// <summary>A caller's credential without its secret, as it is stored.</summary>
public sealed record SluiceKey
{
    /// <summary>20 characters, shaped like an AWS access key id so that every AWS SDK takes it.</summary>
    public required string KeyId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>May use the HTTP API of the ledger, beside making calls.</summary>
    public bool Admin { get; init; }

    /// <summary>Model identifiers that it may call, of which a trailing <c>*</c> stands for any rest; null for all.</summary>
    public string[]? Models { get; init; }

    /// <summary>Operations that it may call, by their names in the ledger; null for all.</summary>
    public string[]? Operations { get; init; }

    /// <summary>May use what the upstream keeps for all callers: asynchronous jobs, files, stored responses, batches.</summary>
    public bool AllowStateful { get; init; }

    internal KeyPermissions Permissions => this is { Models: null, Operations: null, AllowStateful: false }
        ? KeyPermissions.Ordinary
        : new() { Models = [.. Models ?? []], Operations = [.. Operations ?? []], Stateful = AllowStateful };

    /// <summary>What every call with this key is tagged with: <c>app</c> always, <c>team</c> and others as given.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>What a new key's owner is shown once: all three forms of the same secret.</summary>
public sealed record IssuedKey(SluiceKey Key, string Secret)
{
    /// <summary>For <c>AWS_BEARER_TOKEN_BEDROCK</c> and <c>x-api-key</c>.</summary>
    public string Token => KeyFormat.Token(Key.KeyId, Secret);
}

/// <summary>How key ids, secrets and tokens look, and how a secret follows from the master key.</summary>
internal static class KeyFormat
{
    public const string KeyIdPrefix = "SLCE";
    public const int KeyIdLength = 20;
    private const string TokenPrefix = "sluice.";
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>More than <see cref="Base32"/>, so that a mistyped id is still known for one.</summary>
    private static readonly SearchValues<char> KeyIdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");


    public static string NewKeyId()
    {
        Span<byte> random = stackalloc byte[KeyIdLength - 4];
        RandomNumberGenerator.Fill(random);
        var id = new StringBuilder(KeyIdPrefix, KeyIdLength);
        foreach (var b in random)
            id.Append(Base32[b & 31]);
        return id.ToString();
    }

    /// <summary>
    /// The secret is computed from the master key and never stored, so a stolen key file gives no working key. SigV4 needs
    /// the secret itself on the server's side, so a salted hash would not do.
    /// </summary>
    public static string Secret(ReadOnlySpan<byte> masterKey, string keyId)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(masterKey, Encoding.UTF8.GetBytes("sluice key 1:" + keyId), mac);
        return Convert.ToBase64String(mac).TrimEnd('=').Replace('+', 'x').Replace('/', 'y');
    }

    public static string Token(string keyId, string secret) => TokenPrefix + keyId + "." + secret;

    public static bool IsKeyId(ReadOnlySpan<char> text) => text.Length == KeyIdLength && StartsWithKeyId(text);

    public static bool StartsWithKeyId(ReadOnlySpan<char> text) =>
        text.Length >= KeyIdLength && text.StartsWith(KeyIdPrefix, StringComparison.Ordinal) && !text[..KeyIdLength].ContainsAnyExcept(KeyIdCharacters);

    /// <summary>Whether the value of a header begins as a token does, after its scheme, quotation marks and blanks.</summary>
    public static bool IsMeantAsToken(string value)
    {
        var text = value.AsSpan().Trim(" \t\"'");
        if (text.IndexOfAny(" \t") is > 0 and var blank)
            text = text[(blank + 1)..].TrimStart(" \t\"'");
        return text.StartsWith(TokenPrefix, StringComparison.OrdinalIgnoreCase) || text.StartsWith(KeyIdPrefix, StringComparison.Ordinal);
    }

    /// <summary>Splits a token; false where the text is no Sluice token at all.</summary>
    public static bool TryReadToken(string text, out string keyId, out string secret)
    {
        keyId = secret = "";
        if (!text.StartsWith(TokenPrefix, StringComparison.Ordinal))
            return false;
        var dot = text.IndexOf('.', TokenPrefix.Length);
        keyId = dot < 0 ? text[TokenPrefix.Length..] : text[TokenPrefix.Length..dot];
        secret = dot < 0 ? "" : text[(dot + 1)..];
        return true;
    }
}
