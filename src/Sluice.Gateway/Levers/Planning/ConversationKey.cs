using System.Buffers.Binary;
using System.Text;
using Sluice.Bedrock.Requests.Outlines;

namespace Sluice.Gateway.Levers.Planning;

/// <summary>
/// Tells conversations apart by what each of their calls sends again: the caller, the system prompt and the first message.
/// </summary>
public static class ConversationKey
{
    private const int BytesPerToken = 4;

    public static ulong Of(Invocation invocation)
    {
        var hash = Hash(0, Encoding.UTF8.GetBytes(invocation.Caller.KeyId ?? ""));
        var outline = invocation.Outline;
        var body = invocation.Request.Body.Span;
        if (!outline.IsComplete || outline.Messages.IsEmpty)
            return Hash(hash, body);
        foreach (var block in outline.Blocks)
        {
            // Of a text only the text: callers move their cache points from turn to turn.
            if (block.Kind != BlockKind.CachePoint && (block.Section == PromptSection.System || block.Message == 0))
                hash = Hash(hash, (block.Text.IsNone ? block.Json : block.Text).In(body));
        }
        return hash;
    }

    /// <summary>
    /// What conversations may have in common: the tools and the system prompt; 0 where there is neither. Its size is in
    /// estimated tokens.
    /// </summary>
    public static (ulong Hash, long Tokens) BeginningOf(Invocation invocation)
    {
        var outline = invocation.Outline;
        var body = invocation.Request.Body.Span;
        ulong hash = 0;
        var bytes = 0L;
        foreach (var block in outline.Blocks)
        {
            if (block.Section == PromptSection.Messages || block.Kind == BlockKind.CachePoint)
                continue;
            var content = (block.Text.IsNone ? block.Json : block.Text).In(body);
            hash = Hash(hash, content);
            bytes += content.Length;
        }
        return (hash, bytes / BytesPerToken);
    }

    /// <summary>Eight bytes a step by multiplication and shift: quick, spread well enough for a draw, and nothing that secrets rest on.</summary>
    internal static ulong Hash(ulong hash, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            hash = Mixed(hash ^ (ulong)bytes.Length);
            while (bytes.Length >= 8)
            {
                hash = Mixed(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                bytes = bytes[8..];
            }
            Span<byte> rest = stackalloc byte[8];
            rest.Clear();
            bytes.CopyTo(rest);
            return Mixed(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }
    }

    private static ulong Mixed(ulong value)
    {
        unchecked
        {
            value *= 0x9E3779B97F4A7C15UL;
            return value ^ (value >> 32);
        }
    }
}
