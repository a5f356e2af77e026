using System.Buffers;

namespace Sluice.Gateway.Levers.Trimming.Parts;

/// <summary>Code blocks between fences of CommonMark (three or more backticks or tildes alone at the start of a line). Nothing within them is ever touched.</summary>
internal static class Fences
{
    private const int MinMarks = 3;

    private static readonly SearchValues<string> Runs = SearchValues.Create(["```", "~~~"], StringComparison.Ordinal);

    /// <summary>What may stand in front of a fence on its line: indentation, quotes, marks of lists.</summary>
    private static readonly SearchValues<char> Prefix = SearchValues.Create(" \t>-*+0123456789.)");

    /// <summary>The stretches outside of fenced code, in order; an unclosed fence reaches to the end.</summary>
    public static List<(int Start, int End)> Outside(string text)
    {
        var free = new List<(int, int)>();
        var from = 0;
        while (Next(text, from, null) is { } opening)
        {
            free.Add((from, opening.LineStart));
            from = Next(text, opening.LineEnd, opening)?.LineEnd ?? text.Length;
        }
        free.Add((from, text.Length));
        return free;
    }

    /// <summary>The next line that opens code or, given what opened it, that closes it.</summary>
    private static Fence? Next(string text, int from, Fence? opening)
    {
        for (var at = from; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny(Runs);
            if (found < 0)
                return null;
            at += found;
            var mark = text[at];
            var count = text.AsSpan(at).IndexOfAnyExcept(mark) is >= 0 and var run ? run : text.Length - at;
            var isLong = opening is { } open ? mark == open.Mark && count >= open.Count : count >= MinMarks;
            if (isLong && LineStart(text, at) is >= 0 and var lineStart)
            {
                var lineEnd = text.IndexOf('\n', at) is >= 0 and var end ? end + 1 : text.Length;
                var rest = text.AsSpan(at + count, lineEnd - at - count);
                // Behind backticks that open code stands its language, and no further backtick; behind those that close it stands nothing.
                if (opening is null ? mark != '`' || !rest.Contains('`') : rest.IsWhiteSpace())
                    return new Fence(lineStart, lineEnd, mark, count);
            }
            at += count;
        }
        return null;
    }

    /// <summary>Where the line begins; -1 where words stand in front.</summary>
    private static int LineStart(string text, int at)
    {
        var lastOther = text.AsSpan(0, at).LastIndexOfAnyExcept(Prefix);
        return lastOther < 0 || text[lastOther] == '\n' ? lastOther + 1 : -1;
    }

    private readonly record struct Fence(int LineStart, int LineEnd, char Mark, int Count);
}
