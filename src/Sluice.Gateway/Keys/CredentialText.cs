using System.Buffers;
using System.Text;
using Sluice.Bedrock.Signing;

namespace Sluice.Gateway.Keys;

/// <summary>What a text was found to hold of a Sluice credential.</summary>
internal enum CredentialForm
{
    /// <summary>Key id and secret, as <c>sluice.SLCE....secret</c> or without the first word.</summary>
    Token,

    /// <summary>A short-term Bedrock API key that was made of a Sluice key.</summary>
    ShortTermKey,

    /// <summary>The <c>Credential=SLCE...</c> of a signature, which holds only together with the request.</summary>
    Signature,
}

/// <summary>A Sluice credential in a text. Nothing of it is verified yet.</summary>
/// <param name="Secret">The secret of a token; the whole of a short-term key; empty for a signature.</param>
internal readonly record struct FoundCredential(CredentialForm Form, string KeyId, string Secret)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{Form} of {KeyId}";
}

/// <summary>
/// Finds Sluice credentials in any text of a request, by how they look and not by where they stand. Whoever checks callers and
/// whoever cleans what leaves ask the same question here, so no credential is sent on that was not seen.
/// </summary>
internal static class CredentialText
{
    private const string ShortTermPrefix = "bedrock-api-key-";
    private const string BasicScheme = "Basic ";
    private const string CredentialField = "Credential=";

    private static readonly SearchValues<string> Hints =
        SearchValues.Create([KeyFormat.KeyIdPrefix, ShortTermPrefix, BasicScheme, "%"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> Base64 =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=");

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=.~");

    public static bool IsIn(string text) => Find(text).Count > 0;

    /// <summary>All that a text holds, percent-encoded or not, in the order in which they stand.</summary>
    public static IReadOnlyList<FoundCredential> Find(string text)
    {
        // Nearly every field of every call ends here.
        if (!text.AsSpan().ContainsAny(Hints))
            return [];
        var found = new List<FoundCredential>();
        if (text.Contains('%', StringComparison.Ordinal))
            text = Uri.UnescapeDataString(text);
        FindPlain(text, found);
        FindShortTerm(text, found);
        FindBasic(text, found);
        return found;
    }

    private static void FindPlain(ReadOnlySpan<char> text, List<FoundCredential> found)
    {
        for (var rest = text; rest.IndexOf(KeyFormat.KeyIdPrefix, StringComparison.Ordinal) is >= 0 and var start;)
        {
            var before = text[..(text.Length - rest.Length + start)];
            rest = rest[start..];
            if (!KeyFormat.StartsWithKeyId(rest))
            {
                rest = rest[1..];
                continue;
            }
            var keyId = rest[..KeyFormat.KeyIdLength].ToString();
            rest = rest[KeyFormat.KeyIdLength..];
            if (before.TrimEnd("\"' ").EndsWith(CredentialField, StringComparison.OrdinalIgnoreCase))
                found.Add(new FoundCredential(CredentialForm.Signature, keyId, ""));
            if (!rest.StartsWith("."))
                continue;
            var secret = Run(rest[1..], TokenCharacters);
            if (!secret.IsEmpty)
                found.Add(new FoundCredential(CredentialForm.Token, keyId, secret.ToString()));
            rest = rest[(1 + secret.Length)..];
        }
    }

    private static void FindShortTerm(ReadOnlySpan<char> text, List<FoundCredential> found)
    {
        for (var rest = text; rest.IndexOf(ShortTermPrefix, StringComparison.Ordinal) is >= 0 and var start;)
        {
            rest = rest[start..];
            var key = rest[..(ShortTermPrefix.Length + Run(rest[ShortTermPrefix.Length..], Base64).Length)];
            if (KeyIdInside(Decode(key[ShortTermPrefix.Length..])) is { } keyId)
                found.Add(new FoundCredential(CredentialForm.ShortTermKey, keyId, key.ToString()));
            rest = rest[key.Length..];
        }
    }

    private static string? KeyIdInside(string presigned)
    {
        var inside = new List<FoundCredential>();
        FindPlain(Uri.UnescapeDataString(presigned), inside);
        return inside.Find(i => i.Form == CredentialForm.Signature).KeyId;
    }

    private static void FindBasic(ReadOnlySpan<char> text, List<FoundCredential> found)
    {
        for (var rest = text; rest.IndexOf(BasicScheme, StringComparison.OrdinalIgnoreCase) is >= 0 and var start;)
        {
            rest = rest[(start + BasicScheme.Length)..].TrimStart();
            FindPlain(Decode(Run(rest, Base64)), found);
        }
    }

    private static ReadOnlySpan<char> Run(ReadOnlySpan<char> text, SearchValues<char> characters)
    {
        var end = text.IndexOfAnyExcept(characters);
        return end < 0 ? text : text[..end];
    }

    /// <summary>Reads base64 of either alphabet, padded or not; empty for what is neither.</summary>
    private static string Decode(ReadOnlySpan<char> base64)
    {
        var usual = base64.ToString().Replace('-', '+').Replace('_', '/').TrimEnd('=');
        usual = usual.PadRight((usual.Length + 3) / 4 * 4, '=');
        var bytes = new byte[usual.Length];
        return Convert.TryFromBase64String(usual, bytes, out var length) ? Encoding.Latin1.GetString(bytes, 0, length) : "";
    }
}
