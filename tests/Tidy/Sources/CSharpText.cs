namespace Tidy.Sources;

/// <summary>C# source with the insides of comments and literals blanked, so that a plain search finds only code.</summary>
internal static class CSharpText
{
    /// <summary>The same text, line for line and column for column, with spaces for what is not code.</summary>
    /// <remarks>A hole of an interpolated string counts as literal; no rule looks for anything that stands in one.</remarks>
    public static string CodeOnly(string source)
    {
        var code = source.ToCharArray();
        var at = 0;
        while (at < source.Length)
        {
            var end = EndOfNonCode(source, at);
            for (var i = at; i < end; i++)
            {
                if (code[i] is not ('\n' or '\r'))
                    code[i] = ' ';
            }
            at = Math.Max(end, at + 1);
        }
        return new string(code);
    }

    /// <summary>Where the comment or literal that begins at <paramref name="at"/> ends, or <paramref name="at"/> itself where code stands.</summary>
    private static int EndOfNonCode(string source, int at)
    {
        var rest = source.AsSpan(at);
        if (rest.StartsWith("//"))
            return After(source, "\n", at);
        if (rest.StartsWith("/*"))
            return After(source, "*/", at + 2);
        if (rest[0] == '\'')
            return EndOfEscaped(source, at + 1, '\'');
        var quote = at;
        while (quote < source.Length && source[quote] is '$' or '@')
            quote++;
        if (quote == source.Length || source[quote] != '"')
            return at;
        var quotes = 0;
        while (quote + quotes < source.Length && source[quote + quotes] == '"')
            quotes++;
        if (quotes >= 3)
            return After(source, new string('"', quotes), quote + quotes);
        return source.AsSpan(at, quote - at).Contains('@') ? EndOfVerbatim(source, quote + 1) : EndOfEscaped(source, quote + 1, '"');
    }

    private static int After(string source, string mark, int from)
    {
        var found = source.IndexOf(mark, from, StringComparison.Ordinal);
        return found < 0 ? source.Length : found + mark.Length;
    }

    private static int EndOfEscaped(string source, int at, char quote)
    {
        while (at < source.Length && source[at] != quote)
            at += source[at] == '\\' ? 2 : 1;
        return Math.Min(at + 1, source.Length);
    }

    private static int EndOfVerbatim(string source, int at)
    {
        while (at < source.Length)
        {
            if (source[at] != '"')
                at++;
            else if (at + 1 < source.Length && source[at + 1] == '"')
                at += 2;
            else
                return at + 1;
        }
        return source.Length;
    }
}
