using System.Collections.Frozen;

namespace Sluice.Gateway.Levers.Trimming.Parts;

/// <summary>
/// Parts that are data beyond doubt though nobody marked them: the whole text, or all that stands between the tags that prompts put around documents, is one
/// table, page or JSON document. A table in the middle of a sentence is not among them: the sentence may be about its markup.
/// </summary>
internal static class ProvableParts
{
    /// <summary>Shorter data is not worth the look.</summary>
    public const int MinChars = 24;

    /// <summary>Tags are read this far.</summary>
    private const int MaxTagChars = 300;

    private const int MaxNameChars = 20;

    /// <summary>Only so many documents are looked for, so that tags without end cost no more than reading the text a few times.</summary>
    private const int MaxTags = 256;

    /// <summary>Nor are the ends of tables, once so many had none.</summary>
    private const int MaxFailures = 4;

    private static readonly string[] DataTags =
    [
        "document", "documents", "document_content", "document_contents", "doc", "data", "context", "result", "results", "search_result", "search_results", "tool_result",
        "record", "records", "attachment", "page", "page_content", "web_page", "tables",
    ];

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Names = FrozenSet.ToFrozenSet(DataTags, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a text may hold such a part; a no costs a look at its start and at each tag.</summary>
    public static bool MayHold(ReadOnlySpan<char> text)
    {
        var start = text.TrimStart();
        return start.Length >= MinChars && (start[0] is '{' or '[' or '<' || NextTag(start, 0).End > 0);
    }

    /// <summary>The parts in order, apart from each other. Prose between the tags of a document is among them as <see cref="TextShape.Text"/>.</summary>
    public static List<DataPart> In(string text)
    {
        var parts = new List<DataPart>();
        var failures = 0;
        if (AddWhole(text, 0, text.Length, parts, ref failures))
            return parts;
        var at = 0;
        for (var tags = 0; tags < MaxTags && NextTag(text, at) is { End: > 0 } tag; tags++)
        {
            at = tag.End;
            var close = text.IndexOf($"</{tag.Name}>", at, StringComparison.Ordinal);
            if (close < 0)
                continue;
            var isData = AddWhole(text, tag.End, close, parts, ref failures);
            // Tags within are documents of their own.
            if (!isData && NextTag(text.AsSpan(0, close), tag.End).End == 0 && !text.AsSpan(tag.End, close - tag.End).IsWhiteSpace())
                parts.Add(new DataPart(TextShape.Text, tag.End, close));
            if (parts.Count > 0 && parts[^1].End <= close && parts[^1].Start >= tag.End)
                at = close;
        }
        return parts;
    }

    private static bool AddWhole(string text, int start, int end, List<DataPart> parts, ref int failures)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        if (end - start < MinChars)
            return false;
        if (text[start] is '{' or '[')
        {
            if (text[end - 1] is not ('}' or ']') || !MayBeginJson(text.AsSpan(start + 1, end - start - 1).TrimStart()[0], text[start]))
                return false;
            parts.Add(new DataPart(TextShape.Json, start, end));
            return true;
        }
        if (text[start] != '<')
            return false;
        var first = MarkupSpans.SkipComments(text, start, end);
        if (MarkupSpans.StartsPage(text, first))
        {
            if (!text.AsSpan(start, end - start).EndsWith("</html>", StringComparison.OrdinalIgnoreCase))
                return false;
            parts.Add(new DataPart(TextShape.HtmlPage, start, end));
            return true;
        }
        var count = parts.Count;
        while (failures < MaxFailures && first < end && MarkupSpans.StartsTable(text, first) && MarkupSpans.EndOfTable(text, first, end) is > 0 and var behind)
        {
            parts.Add(new DataPart(TextShape.HtmlTable, first, behind));
            first = MarkupSpans.SkipComments(text, behind, end);
        }
        if (first == end && parts.Count > count)
            return true;
        failures += first < end && MarkupSpans.StartsTable(text, first) ? 1 : 0;
        parts.RemoveRange(count, parts.Count - count);
        return false;
    }

    private static bool MayBeginJson(char next, char bracket) => next == '"' || (bracket == '{' ? next == '}' : next is '{' or '[' or ']' or '-' or 't' or 'f' or 'n' || char.IsAsciiDigit(next));

    /// <summary>The next tag of a document and where what it holds begins; 0 for none.</summary>
    private static (string Name, int End) NextTag(ReadOnlySpan<char> text, int from)
    {
        while (true)
        {
            var found = text[from..].IndexOf('<');
            if (found < 0)
                return default;
            from += found + 1;
            var name = text[from..Math.Min(text.Length, from + MaxNameChars)];
            name = name.IndexOfAny('>', ' ', '\n') is > 0 and var length ? name[..length] : default;
            if (!Names.Contains(name))
                continue;
            var tag = text[from..Math.Min(text.Length, from + MaxTagChars)];
            if (tag.IndexOf('>') is > 0 and var close)
                return (name.ToString(), from + close + 1);
        }
    }
}
