using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>
/// What a request means, in 256 bits: requests of equal keys may get each other's answers. A hash that could be
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
    /// <param name="outline">
    /// The body's outline. A dialect without one has keys as well, but knows no bare strings and no cache points.
    /// </param>
    /// <param name="body">The body that was outlined.</param>
    /// <param name="scope">
    /// What else decides the answer, at least the tenant and the resolved model; and from InvokeModel's headers what they say
    /// of guardrails. Two scopes are equal only if all their parts are.
    /// </param>
    /// <param name="fields">The root's fields that are left out.</param>
    /// <param name="key">The key.</param>
    /// <returns>
    /// False where the body is no JSON object in valid UTF-8, an object in it has two members of one name, or its outline is not
    /// complete although its dialect has one.
    /// </returns>
    public static bool TryCompute(
        PromptOutline outline, ReadOnlySpan<byte> body, ReadOnlySpan<string?> scope, CacheKeyFields fields, out CacheKey key)
    {
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        // Where the processor has no instructions for either, SHA-512 is half as fast again as SHA-256; its first half is as strong.
        var isKnown = TryHash(outline, body, scope, fields, digest);
        key = isKnown ? Read(digest) : default;
        return isKnown;
    }

    /// <summary>The same as a whole SHA-512, of which a key is the first half.</summary>
    /// <param name="digest">Room for 64 bytes.</param>
    public static bool TryHash(PromptOutline outline, ReadOnlySpan<byte> body, ReadOnlySpan<string?> scope, CacheKeyFields fields, Span<byte> digest)
    {
        if (outline.IsSupported ? !outline.IsComplete : !Utf8.IsValid(body))
            return false;
        var prompt = new CanonicalPrompt(outline, sorts: true, fields);
        try
        {
            prompt.Json.AppendRaw([FormVersion, (byte)outline.Dialect]);
            AppendScope(ref prompt.Json, scope);
            var isAppended = outline.IsSupported ? TryAppendParts(ref prompt, outline, body) : TryAppendWhole(ref prompt.Json, body);
            if (!isAppended)
                return false;
            SHA512.HashData(prompt.Json.Bytes, digest);
            return true;
        }
        finally
        {
            prompt.Return();
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

    /// <summary>
    /// The key of the same request's streamed answer, where this is that of its plain one. To find a body whose plain answer
    /// has this key is as hard as to find one of any other key that is given.
    /// </summary>
    public CacheKey OfStream => this with { Low = Low ^ UInt128.One };

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => $"{High:x32}{Low:x32}";

    private static bool TryAppendWhole(ref CanonicalJson json, ReadOnlySpan<byte> body)
    {
        var start = json.Bytes.Length;
        return json.TryAppend(body, CanonicalPlace.Root) && json.Bytes[start] == '{';
    }

    private static bool TryAppendParts(ref CanonicalPrompt prompt, PromptOutline outline, ReadOnlySpan<byte> body)
    {
        if (!prompt.TryAppendRoot(body))
            return false;
        var message = -1;
        for (var i = 0; i < outline.Blocks.Length; i++)
        {
            ref readonly var block = ref outline.Blocks[i];
            // Messages without blocks are part of the prompt too.
            for (; message < block.Message; message++)
            {
                if (!prompt.TryAppendMessage(body, outline.Messages[message + 1]))
                    return false;
            }
            if (block.Kind == BlockKind.CachePoint || (block.Message >= 0 && !IsWithin(block.Json, outline.Messages[block.Message].Content)))
                continue;
            prompt.Json.AppendRaw([(byte)block.Section]);
            if (!prompt.TryAppendBlock(body, i))
                return false;
        }
        for (message++; message < outline.Messages.Length; message++)
        {
            if (!prompt.TryAppendMessage(body, outline.Messages[message]))
                return false;
        }
        return true;
    }

    /// <summary>What stands beside a message's content, such as a tool call, has come with the message.</summary>
    private static bool IsWithin(ByteRange block, ByteRange content) => block.Start >= content.Start && block.End <= content.End;

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
