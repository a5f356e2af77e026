using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>
/// What a request means, in 256 bits of SHA-256: requests of equal keys may get each other's answers. A hash that could be
/// forged would let one user plant an answer for another's question, so it is a cryptographic one.
/// </summary>
public readonly record struct CacheKey(UInt128 High, UInt128 Low)
{
    /// <summary>Bytes of a stored key.</summary>
    public const int Size = 32;

    // Goes up when the canonical form changes, so that stored keys of the old form are never found again.
    private const byte FormVersion = 1;

    /// <summary>
    /// The key of a request. Order of members, white space, escapes, the spelling of numbers, a bare string for an array of one
    /// text block, and cache points make no difference; everything else does.
    /// </summary>
    /// <param name="dialect">The body's; a dialect without outline has a key as well, but knows no bare strings and cache points.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="scope">
    /// What else decides the answer, at least the tenant and the resolved model; and from InvokeModel's headers what they say
    /// of guardrails. Two scopes are equal only if all their parts are.
    /// </param>
    /// <param name="fields">The root's fields that are left out.</param>
    /// <param name="key">The key.</param>
    /// <returns>False where the body is no JSON object in valid UTF-8, or an object in it has two members of one name.</returns>
    public static bool TryCompute(
        Dialect dialect, ReadOnlySpan<byte> body, ReadOnlySpan<string?> scope, CacheKeyFields fields, out CacheKey key)
    {
        key = default;
        if (!Utf8.IsValid(body))
            return false;
        var json = new CanonicalJson(dialect, sorts: true, fields);
        try
        {
            json.AppendRaw([FormVersion, (byte)dialect]);
            AppendScope(ref json, scope);
            var start = json.Bytes.Length;
            if (!json.TryAppend(body, CanonicalPlace.Root) || json.Bytes[start] != '{')
                return false;
            Span<byte> digest = stackalloc byte[Size];
            SHA256.HashData(json.Bytes, digest);
            key = Read(digest);
            return true;
        }
        finally
        {
            json.Return();
        }
    }

    /// <summary>A key that <see cref="Write"/> wrote.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    public static CacheKey Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    /// <param name="bytes">Room for at least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
    }

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => $"{High:x32}{Low:x32}";

    internal static void AppendScope(ref CanonicalJson json, ReadOnlySpan<string?> scope)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, scope.Length);
        json.AppendRaw(length);
        foreach (var part in scope)
        {
            // A part that is absent is not one that is empty.
            var bytes = part is null ? [] : Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            json.AppendRaw(length);
            json.AppendRaw(bytes);
        }
    }
}
