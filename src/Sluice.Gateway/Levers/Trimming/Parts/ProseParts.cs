namespace Sluice.Gateway.Levers.Trimming.Parts;

/// <summary>Data within prose that its owner marked as data: tables anywhere but in quotes, JSON documents that stand on lines of their own.</summary>
internal static class ProseParts
{
    /// <summary>Whether JSON may begin on any line.</summary>
    public static bool MayHoldJson(ReadOnlySpan<char> text) => NextJson(text, 0, text.Length) >= 0;

    /// <summary>All parts of a marked text in order: those that prove themselves and, outside of fenced code, those in prose.</summary>
    public static List<DataPart> Add(string text, List<DataPart> provable, List<(int Start, int End)> free)
    {
        if (free.Count == 1 && CutPage(text) is { } page)
            return [page];
        var parts = provable.ToList();
        var data = provable.Where(p => p.Shape != TextShape.Text).ToList();
        foreach (var (start, end) in free)
        {
            var from = start;
            foreach (var part in data.Where(p => p.Start >= start && p.End <= end))
            {
                AddBetween(parts, text, from, part.Start);
                from = part.End;
            }
            AddBetween(parts, text, from, end);
        }
        // A document in which data was found is no longer prose as a whole.
        parts.RemoveAll(p => p.Shape == TextShape.Text && parts.Exists(inner => inner.Shape != TextShape.Text && inner.Start < p.End && inner.End > p.Start));
        parts.Sort((a, b) => a.Start.CompareTo(b.Start));
        return parts;
    }

    /// <summary>A page at the start of the text that is cut off, or that something follows.</summary>
    private static DataPart? CutPage(string text)
    {
        var start = MarkupSpans.SkipComments(text, 0, text.Length);
        if (!MarkupSpans.StartsPage(text, start))
            return null;
        var end = text.LastIndexOf("</html>", StringComparison.OrdinalIgnoreCase);
        return new DataPart(TextShape.HtmlPage, start, end < 0 ? text.Length : end + "</html>".Length);
    }

    private static void AddBetween(List<DataPart> parts, string text, int start, int end)
    {
        var first = parts.Count;
        AddTables(parts, text, start, end);
        var tables = parts.Count;
        var from = start;
        for (var i = first; i < tables; i++)
        {
            AddJson(parts, text, from, parts[i].Start);
            from = parts[i].End;
        }
        AddJson(parts, text, from, end);
    }

    private static void AddTables(List<DataPart> parts, string text, int start, int end)
    {
        for (var at = start; MarkupSpans.NextTable(text, at, end) is >= 0 and var table;)
        {
            var behind = MarkupSpans.EndOfTable(text, table, end);
            if (behind < 0)
                return;
            if (StandsFree(text, start, table) && !MarkupSpans.IsTemplate(text.AsSpan(table, behind - table)))
                parts.Add(new DataPart(TextShape.HtmlTable, table, behind));
            at = behind;
        }
    }

    /// <summary>Behind a quotation mark, an operator or a bracket, a tag is a word of a program or of somebody's speech.</summary>
    private static bool StandsFree(string text, int start, int at)
    {
        var before = text.AsSpan(start, at - start).TrimEnd();
        return before.IsEmpty || before[^1] is '>' or '.' or ':' or '!' or '?' or ';' or '*' || char.IsLetterOrDigit(before[^1]);
    }

    private static void AddJson(List<DataPart> parts, string text, int start, int end)
    {
        for (var at = start; NextJson(text.AsSpan(start, end - start), at - start, end - start) is >= 0 and var found;)
        {
            var begin = start + found;
            var behind = EndOfJson(text, begin, end);
            if (behind < 0)
                return; // Whatever opens further on lies within this one, which never ends.
            if (behind - begin >= ProvableParts.MinChars && EndsParagraph(text, behind, end))
                parts.Add(new DataPart(TextShape.Json, begin, behind));
            at = behind;
        }
    }

    /// <summary>The next bracket that only white space stands before on its line, and nothing, a blank line, a tag or a colon before that; -1 for none.</summary>
    private static int NextJson(ReadOnlySpan<char> text, int from, int end)
    {
        for (var at = from; at < end; at++)
        {
            var found = text[at..end].IndexOfAny('{', '[');
            if (found < 0)
                return -1;
            at += found;
            var before = text[..at].TrimEnd(" \t\r");
            if (before.IsEmpty)
                return at;
            if (before[^1] != '\n')
                continue;
            before = before[..^1].TrimEnd(" \t\r");
            if (before.IsEmpty || before[^1] is '\n' or '>' or ':')
                return at;
        }
        return -1;
    }

    private static bool EndsParagraph(string text, int at, int end)
    {
        var after = text.AsSpan(at, end - at).TrimStart(" \t\r");
        if (after.IsEmpty)
            return true;
        if (after[0] != '\n')
            return false;
        after = after[1..].TrimStart(" \t\r");
        return after.IsEmpty || after[0] is '\n' or '<';
    }

    private static int EndOfJson(string text, int start, int end)
    {
        var depth = 0;
        for (var at = start; at < end;)
        {
            var found = text.AsSpan(at, end - at).IndexOfAny("{}[]\"");
            if (found < 0)
                return -1;
            at += found;
            switch (text[at])
            {
                case '{' or '[':
                    depth++;
                    break;
                case '"':
                    at = JsonText.EndOfString(text, at, end) - 1;
                    if (at < 0)
                        return -1;
                    break;
                default:
                    if (--depth == 0)
                        return at + 1;
                    break;
            }
            at++;
        }
        return -1;
    }
}
