using System.Buffers.Binary;
using System.Security.Cryptography;
using Sluice.Bedrock.Json;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>A prompt from its start to the end of one block.</summary>
/// <param name="Hash">The same for prefixes that mean the same.</param>
/// <param name="Tokens">Estimated tokens of the prefix.</param>
public readonly record struct PrefixHash(ulong Hash, long Tokens);

/// <summary>What two prefixes must have in common to be one. White space, escapes, bare strings and cache points never tell them apart.</summary>
public enum PrefixForm
{
    /// <summary>
    /// Members in the same order and numbers in the same spelling: what the model is given, and so what a cache that matches
    /// prefixes exactly goes by.
    /// </summary>
    AsSent,

    /// <summary>The same meaning: prefixes that differ in <see cref="AsSent"/> only miss each other's cache for their formatting.</summary>
    Canonical,
}

/// <summary>Estimates the tokens of one block.</summary>
/// <param name="block">The block.</param>
/// <param name="textBytes">The UTF-8 bytes of its text, or of all names and values of a block that has none; media left out.</param>
public delegate long BlockTokens(in PromptBlock block, long textBytes);

/// <summary>Hashes the growing prefixes of a prompt, which a cache is looked up by.</summary>
public static class PrefixHashes
{
    private const int BytesPerToken = 4;

    /// <summary>Hashes the prompt up to the end of each block.</summary>
    /// <param name="outline">The body's outline.</param>
    /// <param name="body">The body that was outlined.</param>
    /// <param name="scope">Who shares a cache: tenant, model, region. It is hashed first, so that no two scopes have a hash in common.</param>
    /// <param name="form">What tells prefixes apart.</param>
    /// <param name="prefixes">Room for one for each of the outline's blocks. A Converse cache point adds nothing to the block before it.</param>
    /// <param name="estimate">Estimates a block's tokens; null for a quarter of the bytes, as elsewhere.</param>
    /// <returns>False where the outline is not complete or a block can't be hashed: then the prefixes mean nothing.</returns>
    public static bool TryCompute(
        PromptOutline outline, ReadOnlySpan<byte> body, ReadOnlySpan<string?> scope, PrefixForm form, Span<PrefixHash> prefixes, BlockTokens? estimate = null)
    {
        if (!outline.IsComplete)
            return false;
        var json = new CanonicalJson(outline.Dialect, sorts: form == PrefixForm.Canonical);
        try
        {
            CacheKey.AppendScope(ref json, scope);
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(json.Bytes, digest);
            var (tokens, bytes, message) = (0L, 0L, -1);
            for (var i = 0; i < outline.Blocks.Length; i++)
            {
                ref readonly var block = ref outline.Blocks[i];
                if (block.Kind != BlockKind.CachePoint)
                {
                    // Each block's hash starts with that of all before it.
                    json.Clear();
                    json.AppendRaw(digest);
                    json.AppendRaw([(byte)block.Section, (byte)block.Role, block.Message == message ? (byte)0 : (byte)1]);
                    if (!TryAppend(ref json, outline, body, block, message))
                        return false;
                    SHA256.HashData(json.Bytes, digest);
                    message = block.Message;

                    var textBytes = block.Text.IsNone ? json.ContentBytes : EscapedText.CountBytes(body.Slice(block.Text.Start + 1, block.Text.Length - 2));
                    bytes += textBytes;
                    tokens = estimate is null ? (bytes + BytesPerToken - 1) / BytesPerToken : tokens + estimate(block, textBytes);
                }
                prefixes[i] = new PrefixHash(BinaryPrimitives.ReadUInt64LittleEndian(digest), tokens);
            }
            return true;
        }
        finally
        {
            json.Return();
        }
    }

    private static bool TryAppend(ref CanonicalJson json, PromptOutline outline, ReadOnlySpan<byte> body, in PromptBlock block, int lastMessage)
    {
        // Only OpenAI's messages say more than who speaks: whose call they answer, a speaker's name.
        var startsMessage = block.Message >= 0 && block.Message != lastMessage;
        if (startsMessage && outline.Dialect == Dialect.OpenAi
            && !json.TryAppend(outline.Messages[block.Message].Json.In(body), CanonicalPlace.MessageRest))
            return false;
        if (block.IsBareString)
            return json.TryAppend(block.Json.In(body), CanonicalPlace.Content);
        // In the array that a bare string would become.
        json.AppendRaw("["u8);
        var place = block.Section == PromptSection.Tools ? CanonicalPlace.Tool : CanonicalPlace.Block;
        var isAppended = json.TryAppend(block.Json.In(body), place);
        json.AppendRaw("]"u8);
        return isAppended;
    }
}
