using System.Security.Cryptography;

namespace Sluice.Bedrock.Signing;

/// <summary>The parts of an HTTP request that a signature covers, as they are on the wire.</summary>
public readonly ref struct SigV4Request
{
    public required string Method { get; init; }

    /// <summary>
    /// The path with its escapes as sent. They are escaped once more for the signature, <c>%3A</c> to <c>%253A</c>, as
    /// every service but S3 has it.
    /// </summary>
    public required ReadOnlySpan<char> RawPath { get; init; }

    /// <summary>Without the question mark; empty for none.</summary>
    public ReadOnlySpan<char> RawQuery { get; init; }

    /// <summary>In the order of the wire, a pair for each value where a name comes more than once; with <c>host</c>.</summary>
    public required ReadOnlySpan<KeyValuePair<string, string>> Headers { get; init; }

    public ReadOnlySpan<byte> Body { get; init; }

    /// <summary>32 bytes, for a body that was hashed as it came in; <see cref="Body"/> is then not looked at.</summary>
    public ReadOnlySpan<byte> BodySha256 { get; init; }

    internal void GetBodySha256(Span<byte> hash)
    {
        if (BodySha256.IsEmpty)
            SHA256.HashData(Body, hash);
        else if (BodySha256.Length == SHA256.HashSizeInBytes)
            BodySha256.CopyTo(hash);
        else
            throw new InvalidOperationException($"{nameof(BodySha256)} has {BodySha256.Length} bytes; a SHA-256 has {SHA256.HashSizeInBytes}.");
    }

    /// <summary>The first value of a header, or null.</summary>
    internal string? FindHeader(string name)
    {
        foreach (var (candidate, value) in Headers)
        {
            if (string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        return null;
    }
}
