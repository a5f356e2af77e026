using System.Text;
using System.Text.Encodings.Web;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>
/// Adds an instruction behind the caller's own: as a block at the system's end, at the end of a system that is one string, or
/// as a system message behind those that open an OpenAI chat. What the caller wrote stays in front of it, so a prompt cache
/// that ends there still holds.
/// </summary>
public static class SystemEdits
{
    /// <summary>Adds the edit.</summary>
    /// <param name="outline">The body's outline.</param>
    /// <param name="instruction">Plain text.</param>
    /// <param name="edits">Where the edit goes.</param>
    /// <returns>False, and no edit, where the outline is incomplete or has no messages.</returns>
    public static bool Append(PromptOutline outline, string instruction, BodyEdits edits)
    {
        if (!outline.IsComplete || outline.Messages.IsEmpty)
            return false;
        var escaped = Encoding.UTF8.GetBytes(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(instruction));
        if (outline.Dialect == Dialect.OpenAi)
            AppendMessage(outline, escaped, edits);
        else if (outline.SystemJson.IsNone)
            AddSystem(outline, escaped, edits);
        else
            AppendToSystem(outline, escaped, edits);
        return true;
    }

    private static void AppendMessage(PromptOutline outline, ReadOnlySpan<byte> escaped, BodyEdits edits)
    {
        var opening = 0;
        while (opening < outline.Messages.Length && outline.Messages[opening].Role == PromptRole.System)
            opening++;
        byte[] message = [.. """{"role":"system","content":" """u8[..^1], .. escaped, .. "\"}"u8];
        if (opening == 0)
            edits.Insert(outline.Messages[0].Json.Start, message, ","u8);
        else
            edits.Insert(outline.Messages[opening - 1].Json.End, ","u8, message);
    }

    private static void AddSystem(PromptOutline outline, ReadOnlySpan<byte> escaped, BodyEdits edits)
    {
        byte[] system = outline.Dialect == Dialect.Anthropic ? [(byte)'"', .. escaped, (byte)'"'] : [(byte)'[', .. Block(outline.Dialect, escaped), (byte)']'];
        if (outline.SystemNull.IsNone)
            edits.AddMember(outline.Root, "system"u8, system);
        else
            edits.Replace(outline.SystemNull, system);
    }

    private static void AppendToSystem(PromptOutline outline, ReadOnlySpan<byte> escaped, BodyEdits edits)
    {
        var (count, isString) = (0, false);
        foreach (ref readonly var block in outline.Blocks)
        {
            count += block.Section == PromptSection.System ? 1 : 0;
            isString |= block is { Section: PromptSection.System, IsBareString: true };
        }
        var end = outline.SystemJson.End - 1;
        if (isString)
            edits.Insert(end, "\\n\\n"u8, escaped);
        else
            edits.Insert(end, count == 0 ? default : ","u8, Block(outline.Dialect, escaped));
    }

    private static byte[] Block(Dialect dialect, ReadOnlySpan<byte> escaped) =>
        [.. dialect == Dialect.Anthropic ? """{"type":"text","text":" """u8[..^1] : """{"text":" """u8[..^1], .. escaped, .. "\"}"u8];
}
