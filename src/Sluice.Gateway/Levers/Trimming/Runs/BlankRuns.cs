using System.Buffers;

namespace Sluice.Gateway.Levers.Trimming.Runs;

/// <summary>
/// Runs of white space in prose. Indentation, columns, Markdown's hard breaks, and all between the first and the last quotation mark stay; text that looks like a
/// program is left alone altogether.
/// </summary>
internal static class BlankRuns
{
    /// <summary>Fewer blanks stay: two at the end of a line are a line break of Markdown, and a model reads three as it reads one.</summary>
    private const int MinRun = 3;

    /// <summary>Shorter runs between words are one token, or are there to align.</summary>
    private const string LongRun = "        ";

    private static readonly SearchValues<char> QuotationMarks = SearchValues.Create("\"“”„«»`");
    private static readonly SearchValues<string> StatementEnds = SearchValues.Create([";\n", "{\n", "}\n", ";\r", "{\r", "}\r"], StringComparison.Ordinal);
    private static readonly SearchValues<string> Indented = SearchValues.Create(["\n  ", "\n\t"], StringComparison.Ordinal);
    private static readonly SearchValues<char> CodeMarks = SearchValues.Create("{}();=<>[]|\\_#$@");
    /// <summary>Signs of columns, and of programs that a search printed line by line.</summary>
    private static readonly SearchValues<char> NoProse = SearchValues.Create("\t{}()=<>[]|\\_#$@");

    private static readonly SearchValues<string> Worth = SearchValues.Create(["\n\n\n", "\r\n\r\n\r\n", "   ", "\t\t", "\n \n", "\n\t\n"], StringComparison.Ordinal);

    public static bool MayHold(ReadOnlySpan<char> text) => text.ContainsAny(Worth);

    public static void AddTo(List<TrimEdit> edits, string text, int start, int end)
    {
        if (!MayHold(text.AsSpan(start, end - start)) || LooksLikeCode(text.AsSpan(start, end - start)))
            return;
        var quoted = text.AsSpan(start, end - start).IndexOfAny(QuotationMarks);
        if (quoted < 0)
        {
            AddLines(edits, text, start, end);
            return;
        }
        AddLines(edits, text, start, start + quoted);
        AddLines(edits, text, start + text.AsSpan(start, end - start).LastIndexOfAny(QuotationMarks) + 1, end);
    }

    /// <summary>An assignment or a line that ends as statements do anywhere, or an indented line with a program's signs.</summary>
    private static bool LooksLikeCode(ReadOnlySpan<char> text)
    {
        if (text.Contains('=') || text.ContainsAny(StatementEnds))
            return true;
        for (var at = text.IndexOfAny(Indented); at >= 0;)
        {
            var line = text[(at + 1)..];
            line = line.IndexOf('\n') is >= 0 and var length ? line[..length] : line;
            if (line.ContainsAny(CodeMarks))
                return true;
            var next = text[(at + 1 + line.Length)..].IndexOfAny(Indented);
            at = next < 0 ? -1 : at + 1 + line.Length + next;
        }
        return false;
    }

    private static void AddLines(List<TrimEdit> edits, string text, int start, int end)
    {
        var at = start;
        if (start > 0 && start < end && text[start - 1] != '\n')
        {
            // The rest of a line that began as something else.
            var lineEnd = text.AsSpan(at, end - at).IndexOf('\n') is >= 0 and var found ? at + found : end;
            AddLine(edits, text, at, lineEnd, start, end);
            at = lineEnd + 1;
        }
        while (at < end)
        {
            var lineEnd = text.AsSpan(at, end - at).IndexOf('\n') is >= 0 and var found ? at + found : end;
            if (text.AsSpan(at, lineEnd - at).IsWhiteSpace() && lineEnd < end)
            {
                at = AddBlankLines(edits, text, at, lineEnd, end);
                continue;
            }
            if (text[at] != '>') // A quoted line.
                AddLine(edits, text, at, lineEnd, start, end);
            at = lineEnd + 1;
        }
    }

    /// <summary>Blank lines become one.</summary>
    private static int AddBlankLines(List<TrimEdit> edits, string text, int first, int firstEnd, int end)
    {
        var last = firstEnd;
        while (last + 1 < end)
        {
            var next = text.AsSpan(last + 1, end - last - 1).IndexOf('\n');
            if (next < 0 || !text.AsSpan(last + 1, next).IsWhiteSpace())
                break;
            last += next + 1;
        }
        var behind = last + 1;
        if (last > firstEnd || behind - first > MinRun)
            edits.Add(new TrimEdit(TrimKinds.Whitespace, first, behind - first, "\n", "blank lines as one"));
        return behind;
    }

    private static void AddLine(List<TrimEdit> edits, string text, int at, int lineEnd, int start, int end)
    {
        var contentEnd = at + text.AsSpan(at, lineEnd - at).TrimEnd(" \t\r").Length;
        if (Run(text, at, contentEnd) is { } run && Run(text, run.End, contentEnd) is null && !IsColumn(text, at, lineEnd, start, end))
            edits.Add(new TrimEdit(TrimKinds.Whitespace, run.Start, run.End - run.Start, " ", "a run of blanks as one"));
        var trailing = text.AsSpan(contentEnd, lineEnd - contentEnd).TrimEnd('\r').Length;
        if (trailing >= MinRun && lineEnd < end)
            edits.Add(new TrimEdit(TrimKinds.Whitespace, contentEnd, trailing, "", "blanks at the end of a line"));
    }

    /// <summary>The first long run between words of prose.</summary>
    private static (int Start, int End)? Run(string text, int from, int contentEnd)
    {
        var content = from;
        while (content < contentEnd && (text[content] is ' ' or '\t'))
            content++;
        var line = text.AsSpan(content, contentEnd - content);
        var found = line.IndexOf(LongRun);
        if (found <= 0 || line.ContainsAny(NoProse) || line[found - 1] == ':')
            return null;
        var length = line[found..].IndexOfAnyExcept(' ');
        return (content + found, content + found + length);
    }

    /// <summary>A run that has another one in the line above or below is the gap between two columns.</summary>
    private static bool IsColumn(string text, int at, int lineEnd, int start, int end)
    {
        var above = at > start ? text.AsSpan(start, at - 1 - start) : default;
        above = above[(above.LastIndexOf('\n') + 1)..];
        var below = lineEnd + 1 < end ? text.AsSpan(lineEnd + 1, end - lineEnd - 1) : default;
        below = below.IndexOf('\n') is >= 0 and var next ? below[..next] : below;
        return HasGap(above) || HasGap(below);
    }

    private static bool HasGap(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        return line.Contains("  ", StringComparison.Ordinal) || line.Contains('\t');
    }
}
