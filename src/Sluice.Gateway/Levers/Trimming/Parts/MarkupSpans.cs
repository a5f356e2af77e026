using System.Buffers;

namespace Sluice.Gateway.Levers.Trimming.Parts;

/// <summary>Finds where markup begins and ends, without reading it.</summary>
internal static class MarkupSpans
{
    private static readonly SearchValues<string> TableStart = SearchValues.Create(["<table"], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<string> TableTags = SearchValues.Create(["<table", "</table"], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<string> Starts = SearchValues.Create(["<table", "<html", "<!doctype html"], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<string> TemplateMarks = SearchValues.Create(["{{", "{%", "<%", "<?php", "${"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a table or a page may begin anywhere.</summary>
    public static bool MayHold(ReadOnlySpan<char> text) => text.ContainsAny(Starts);

    /// <summary>Where the next table begins; -1 for none.</summary>
    public static int NextTable(string text, int from, int end)
    {
        while (from < end)
        {
            var found = text.AsSpan(from, end - from).IndexOfAny(TableStart);
            if (found < 0)
                return -1;
            from += found;
            if (IsTag(text, from, "<table"))
                return from;
            from++;
        }
        return -1;
    }

    /// <summary>Behind the end tag that belongs to the table at <paramref name="start"/>; -1 where there is none before <paramref name="limit"/>.</summary>
    public static int EndOfTable(string text, int start, int limit)
    {
        var depth = 0;
        for (var at = start; at < limit;)
        {
            var found = text.AsSpan(at, limit - at).IndexOfAny(TableTags);
            if (found < 0)
                return -1;
            at += found;
            var isEnd = text[at + 1] == '/';
            if (!IsTag(text, at, isEnd ? "</table" : "<table"))
            {
                at++;
                continue;
            }
            var close = text.AsSpan(at, limit - at).IndexOf('>');
            if (close < 0)
                return -1;
            at += close + 1;
            depth += isEnd ? -1 : 1;
            if (depth == 0)
                return at;
        }
        return -1;
    }

    public static bool StartsTable(string text, int at) => IsTag(text, at, "<table");

    public static bool StartsPage(string text, int at) => IsTag(text, at, "<html") || IsTag(text, at, "<!doctype html");

    /// <summary>Whether it would still have to be filled in: then it is a program, not data.</summary>
    public static bool IsTemplate(ReadOnlySpan<char> markup) => markup.ContainsAny(TemplateMarks);

    /// <summary>Behind comments and white space.</summary>
    public static int SkipComments(string text, int at, int end)
    {
        while (true)
        {
            while (at < end && char.IsWhiteSpace(text[at]))
                at++;
            if (!text.AsSpan(at, end - at).StartsWith("<!--"))
                return at;
            var close = text.AsSpan(at, end - at).IndexOf("-->");
            if (close < 0)
                return at;
            at += close + 3;
        }
    }

    /// <summary>Whether the tag stands there, and no other one whose name begins alike.</summary>
    private static bool IsTag(string text, int at, string tag) =>
        text.AsSpan(at).StartsWith(tag, StringComparison.OrdinalIgnoreCase)
        && (at + tag.Length == text.Length || text[at + tag.Length] is '>' or '/' || char.IsWhiteSpace(text[at + tag.Length]));
}
