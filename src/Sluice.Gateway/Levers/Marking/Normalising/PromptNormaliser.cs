using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;

namespace Sluice.Gateway.Levers.Marking.Normalising;

/// <summary>
/// Writes the beginning of a prompt in one form, where that loses nothing. Dates, ids and numbers that float are the
/// caller's words and stay.
/// </summary>
internal static class PromptNormaliser
{
    /// <summary>The new body; null where nothing changes.</summary>
    public static EditedBody? Apply(NormaliseKinds kinds, PromptOutline outline, ReadOnlySpan<byte> body)
    {
        if (kinds == NormaliseKinds.None || !outline.IsComplete)
            return null;
        using var edits = new BodyEdits();
        if (kinds.HasFlag(NormaliseKinds.Whitespace))
            AddTexts(outline, body, edits);
        if ((kinds & (NormaliseKinds.ToolKeyOrder | NormaliseKinds.ToolOrder)) != NormaliseKinds.None)
            AddTools(kinds, outline, body, edits);
        return !edits.IsEmpty && edits.TryApply(body, out var edited) ? edited : null;
    }

    private static void AddTexts(PromptOutline outline, ReadOnlySpan<byte> body, BodyEdits edits)
    {
        foreach (var block in outline.Blocks)
        {
            if (block.Section != PromptSection.System || block.Kind != BlockKind.Text || block.Text.IsNone || Text(block.Text.In(body)) is not { } text)
                continue;
            var form = BlankForm.Of(text);
            if (!ReferenceEquals(form, text))
                edits.Replace(block.Text, [(byte)'"', .. JsonEncodedText.Encode(form, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"']);
        }
    }

    /// <summary>Null for escapes that are no text, such as half of a surrogate pair.</summary>
    private static string? Text(ReadOnlySpan<byte> token)
    {
        try
        {
            var reader = new Utf8JsonReader(token);
            return reader.Read() ? reader.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void AddTools(NormaliseKinds kinds, PromptOutline outline, ReadOnlySpan<byte> body, BodyEdits edits)
    {
        var places = new List<ByteRange>();
        var tools = new List<ToolForm>();
        foreach (var block in outline.Blocks)
        {
            if (block.Section != PromptSection.Tools)
                continue;
            if (block.Kind == BlockKind.CachePoint || ToolForm.Of(block.Json.In(body), kinds.HasFlag(NormaliseKinds.ToolKeyOrder)) is not { } tool)
                return;
            places.Add(block.Json);
            tools.Add(tool);
        }
        if (kinds.HasFlag(NormaliseKinds.ToolOrder) && tools.DistinctBy(t => t.Name, StringComparer.Ordinal).Count() == tools.Count)
            tools.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        for (var i = 0; i < tools.Count; i++)
        {
            if (!places[i].In(body).SequenceEqual(tools[i].Json))
                edits.Replace(places[i], tools[i].Json);
        }
    }
}
