using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>
/// Writes an outlined body part by part in its canonical form. The texts, most of a prompt, are where the outline says, so
/// only what is around them is read as JSON again: each text leaves an empty string behind and follows at the end.
/// </summary>
/// <param name="outline">A complete outline.</param>
/// <param name="sorts">As in <see cref="CanonicalJson"/>.</param>
/// <param name="fields">The fields of the root that are left out.</param>
internal struct CanonicalPrompt(PromptOutline outline, bool sorts, CacheKeyFields? fields = null)
{
    private readonly PromptOutline _outline = outline;
    private PooledList<byte> _rest = new();
    private int _nextText;

    public CanonicalJson Json = new(outline.Dialect, sorts, fields);

    /// <summary>The root without tools, system and messages.</summary>
    public bool TryAppendRoot(ReadOnlySpan<byte> body)
    {
        Span<ByteRange> sections = [_outline.ToolsJson, _outline.SystemJson, _outline.MessagesJson];
        sections.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        return TryAppendWithout(body, new ByteRange(0, body.Length), sections, CanonicalPlace.Root);
    }

    /// <summary>A message without its content.</summary>
    public bool TryAppendMessage(ReadOnlySpan<byte> body, in PromptMessage message) =>
        TryAppendWithout(body, message.Json, [message.Content], CanonicalPlace.Message);

    /// <summary>A block with its texts; the blocks have to come in their order.</summary>
    public bool TryAppendBlock(ReadOnlySpan<byte> body, int index)
    {
        ref readonly var block = ref _outline.Blocks[index];
        var texts = _outline.Texts;
        var first = _nextText;
        while (first < texts.Length && texts[first].Block < index)
            first++;
        var end = first;
        while (end < texts.Length && texts[end].Block == index)
            end++;
        _nextText = end;

        // A block is written within the array that a bare string would become.
        if (!block.IsBareString)
            Json.AppendRaw("["u8);
        var place = block.IsBareString ? CanonicalPlace.Content : block.Section == PromptSection.Tools ? CanonicalPlace.Tool : CanonicalPlace.Block;
        Span<ByteRange> tokens = end - first <= 16 ? stackalloc ByteRange[16] : new ByteRange[end - first];
        tokens = tokens[..(end - first)];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = texts[first + i].Token;
        if (!TryAppendWithout(body, block.Json, tokens, place))
            return false;
        if (!block.IsBareString)
            Json.AppendRaw("]"u8);
        foreach (var token in tokens)
            Json.AppendText(body.Slice(token.Start + 1, token.Length - 2));
        return true;
    }

    public void Return()
    {
        _rest.Return();
        Json.Return();
    }

    /// <param name="body">The body.</param>
    /// <param name="range">What is appended.</param>
    /// <param name="cuts">Values within it that are not, in their order.</param>
    /// <param name="place">What it is.</param>
    private bool TryAppendWithout(ReadOnlySpan<byte> body, ByteRange range, ReadOnlySpan<ByteRange> cuts, CanonicalPlace place)
    {
        if (cuts.IsEmpty)
            return Json.TryAppend(range.In(body), place);
        _rest.Shrink(0);
        var done = range.Start;
        foreach (var cut in cuts)
        {
            if (cut.IsNone)
                continue;
            _rest.AddRange(body[done..cut.Start]);
            _rest.AddRange("\"\""u8);
            done = cut.End;
        }
        _rest.AddRange(body[done..range.End]);
        return Json.TryAppend(_rest.Items, place);
    }
}
