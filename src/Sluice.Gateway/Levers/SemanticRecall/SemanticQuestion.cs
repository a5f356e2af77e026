using System.Buffers;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>What a call asks in its last message, and everything else that decides its answer, as a hash.</summary>
internal readonly record struct SemanticQuestion(PartitionKey Partition, string Text)
{
    /// <summary>What stands for callers without a key of Sluice's. Their labels count together; their credential is in the hash.</summary>
    private const string NoKey = "(no key)";

    /// <summary>Stands in the place of the question while the rest is hashed.</summary>
    private static ReadOnlySpan<byte> Blank => "\"?\""u8;

    /// <summary>False for a call whose last message is not one text of its user, and for one whose caller wants a new answer each time.</summary>
    /// <param name="sampled">Also calls that don't ask for temperature 0.</param>
    public static bool TryRead(Invocation invocation, bool sampled, out SemanticQuestion question)
    {
        question = default;
        var outline = invocation.Outline;
        if (!outline.IsComplete || (!sampled && outline.Temperature is not 0) || TokenOf(outline) is not { } token)
            return false;
        var body = invocation.Request.Body.Span;
        var reader = new Utf8JsonReader(token.In(body));
        if (!reader.Read() || reader.TokenType != JsonTokenType.String || reader.GetString() is not { Length: > 0 } text)
            return false;

        var length = token.Start + Blank.Length + (body.Length - token.End);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body[..token.Start].CopyTo(rented);
            Blank.CopyTo(rented.AsSpan(token.Start));
            body[token.End..].CopyTo(rented.AsSpan(token.Start + Blank.Length));
            var rest = rented.AsSpan(0, length);
            using var others = PromptOutline.Read(invocation.Request.Facts.Dialect, rest);
            Span<byte> digest = stackalloc byte[PartitionKey.Length];
            if (!others.IsComplete || !AnswerIdentity.TryHash(invocation, others, rest, digest))
                return false;
            question = new(new PartitionKey(invocation.Caller.KeyId ?? NoKey, digest), text);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The one text of the last message, where that is its user's and has nothing else.</summary>
    private static ByteRange? TokenOf(PromptOutline outline)
    {
        if (outline.Messages.IsEmpty || outline.Messages[^1] is not { Role: PromptRole.User } message)
            return null;
        ByteRange? token = null;
        foreach (ref readonly var block in outline.Blocks.Slice(message.FirstBlock, message.Blocks))
        {
            if (block.Kind == BlockKind.CachePoint)
                continue;
            if (token is not null || block.Kind != BlockKind.Text || block.Text.IsNone)
                return null;
            token = block.Text;
        }
        return token;
    }
}
