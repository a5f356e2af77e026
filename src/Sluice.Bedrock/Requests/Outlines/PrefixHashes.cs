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
    /// JSON that the model is shown as such, like a tool's schema, has its members in the same order and its numbers in the
    /// same spelling: what a cache that matches prefixes exactly goes by.
    /// </summary>
    AsSent,

    /// <summary>The same meaning: prefixes that differ only in <see cref="AsSent"/> miss each other's cache for their formatting.</summary>
    Canonical,
}

/// <summary>Estimates the tokens of one block.</summary>
/// <param name="block">The block.</param>
/// <param name="textBytes">The UTF-8 bytes of its text, or of all names and values of a block that has none; media left out.</param>
public delegate long BlockTokens(in PromptBlock block, long textBytes);

/// <summary>
/// Hashes the growing prefixes of a prompt, which a cache is looked up by. Two prefixes of one hash would cost money and no
/// answer, so the hash is a fast one; <see cref="CacheKey"/> is for answers.
/// </summary>
public static class PrefixHashes
{
    private const int BytesPerToken = 4;

    /// <summary>Hashes the prompt up to the end of each block.</summary>
    /// <param name="outline">The body's outline.</param>
    /// <param name="body">The body that was outlined.</param>
    /// <param name="scope">Who shares a cache: tenant, model, region. It is hashed first, so that two scopes have no hash in common.</param>
    /// <param name="form">What tells prefixes apart.</param>
    /// <param name="prefixes">Room for one for each of the outline's blocks. A Converse cache point adds nothing to the block before it.</param>
    /// <param name="estimate">Estimates a block's tokens; null for a quarter of the bytes, as elsewhere.</param>
    /// <returns>False where the outline is not complete or a block can't be hashed: then the prefixes mean nothing.</returns>
    public static bool TryCompute(
        PromptOutline outline, ReadOnlySpan<byte> body, ReadOnlySpan<string?> scope, PrefixForm form, Span<PrefixHash> prefixes, BlockTokens? estimate = null)
    {
        if (!outline.IsComplete)
            return false;
        var prompt = new CanonicalPrompt(outline, sorts: form == PrefixForm.Canonical);
        try
        {
            CacheKey.AppendScope(ref prompt.Json, scope);
            var hash = FastHash.Of(0, prompt.Json.Bytes);
            var (tokens, bytes, message) = (0L, 0L, -1);
            for (var i = 0; i < outline.Blocks.Length; i++)
            {
                ref readonly var block = ref outline.Blocks[i];
                if (block.Kind != BlockKind.CachePoint)
                {
                    prompt.Json.Clear();
                    var startsMessage = block.Message != message;
                    message = block.Message;
                    prompt.Json.AppendRaw([(byte)block.Section, (byte)block.Role, startsMessage ? (byte)1 : (byte)0]);
                    // Only OpenAI's messages say more than who speaks: whose call they answer, a speaker's name.
                    if (startsMessage && outline.Dialect == Dialect.OpenAi && message >= 0 && !prompt.TryAppendMessage(body, outline.Messages[message]))
                        return false;
                    if (!prompt.TryAppendBlock(body, i))
                        return false;
                    hash = FastHash.Of(hash, prompt.Json.Bytes);

                    var textBytes = block.Text.IsNone ? prompt.Json.ContentBytes : EscapedText.CountBytes(body.Slice(block.Text.Start + 1, block.Text.Length - 2));
                    bytes += textBytes;
                    tokens = estimate is null ? (bytes + BytesPerToken - 1) / BytesPerToken : tokens + estimate(block, textBytes);
                }
                prefixes[i] = new PrefixHash(hash, tokens);
            }
            return true;
        }
        finally
        {
            prompt.Return();
        }
    }
}
