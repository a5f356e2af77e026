using System.Text.RegularExpressions;

namespace Tidy.Sources;

/// <summary>A declaration of a type as it stands in the source; one part of it where the type is partial.</summary>
internal sealed partial record TypeDeclaration(string File, int Line, IReadOnlyList<string> Modifiers, string Kind, string Name, IReadOnlyList<string> Bases)
{
    public string Place => $"{File}:{Line} {Name}";

    /// <summary>The folder under src/, tests/ or bench/.</summary>
    public string Project => File.Split('/')[1];

    public bool IsClass => Kind is "class" or "record" or "record class";

    public bool Has(string modifier) => Modifiers.Contains(modifier);

    public static IEnumerable<TypeDeclaration> In(string file, string source)
    {
        var code = CSharpText.CodeOnly(source);
        foreach (Match match in Heading().Matches(code))
        {
            var line = code.AsSpan(0, match.Groups["kind"].Index).Count('\n') + 1;
            var modifiers = match.Groups["modifier"].Captures.Select(c => c.Value.Trim()).ToList();
            var kind = string.Join(' ', match.Groups["kind"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            yield return new TypeDeclaration(file, line, modifiers, kind, match.Groups["name"].Value, BasesFrom(code, match.Index + match.Length));
        }
    }

    /// <summary>The names after the colon of a declaration, without namespaces and type arguments.</summary>
    private static List<string> BasesFrom(string code, int at)
    {
        at = SkipNested(code, at, '<', '>');
        at = SkipNested(code, at, '(', ')');
        while (at < code.Length && char.IsWhiteSpace(code[at]))
            at++;
        if (at >= code.Length || code[at] != ':')
            return [];
        var end = code.AsSpan(at).IndexOfAny('{', ';');
        var list = code.Substring(at + 1, (end < 0 ? code.Length - at : end) - 1);
        list = Constraints().Split(list)[0];
        for (var before = ""; before != list;)
        {
            before = list;
            list = Arguments().Replace(list, "");
        }
        return [.. list.Split(',').Select(name => name.Trim().Split('.')[^1]).Where(name => name.Length > 0)];
    }

    private static int SkipNested(string code, int at, char open, char close)
    {
        var start = at;
        while (start < code.Length && char.IsWhiteSpace(code[start]))
            start++;
        if (start >= code.Length || code[start] != open)
            return at;
        var depth = 0;
        for (var i = start; i < code.Length; i++)
        {
            if (code[i] == open)
                depth++;
            else if (code[i] == close && --depth == 0)
                return i + 1;
        }
        return code.Length;
    }

    [GeneratedRegex(@"(?<![\w.])(?:(?<modifier>public|internal|private|protected|file|sealed|static|abstract|partial|readonly|ref|new|unsafe)\s+)*(?<kind>record\s+struct|record\s+class|record|class|struct|interface|enum)\s+(?<name>[A-Z]\w*)(?=\s*[<({:;]|\s+where\b|\s*$)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\bwhere\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Constraints();

    [GeneratedRegex(@"<[^<>]*>|\([^()]*\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Arguments();
}
