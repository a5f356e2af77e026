using System.Text;
using System.Text.RegularExpressions;

namespace Tidy.Sources;

/// <summary>The links and anchors of a markdown page; what stands in code or in a comment counts as neither.</summary>
internal static partial class MarkdownText
{
    /// <summary>Where the page points to: inline links, images and the targets of reference links.</summary>
    public static IEnumerable<string> Links(string page) =>
        Link().Matches(Prose(page)).Select(m => m.Groups["target"].Value.Trim('<', '>'));

    /// <summary>The anchors that GitHub gives to the headings; one that repeats gets a number.</summary>
    public static HashSet<string> Anchors(string page)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match heading in Heading().Matches(Blank(Comment(), Blank(Fence(), page))))
        {
            var slug = Slug(heading.Groups["text"].Value);
            var anchor = slug;
            for (var i = 1; !anchors.Add(anchor); i++)
                anchor = $"{slug}-{i}";
        }
        foreach (Match named in NamedAnchor().Matches(page))
            anchors.Add(named.Groups["name"].Value);
        return anchors;
    }

    private static string Slug(string heading)
    {
        var slug = new StringBuilder();
        foreach (var rune in LinkText().Replace(heading, "${text}").Trim().ToLowerInvariant().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_')
                slug.Append(rune);
            else if (rune.Value == ' ')
                slug.Append('-');
        }
        return slug.ToString();
    }

    private static string Prose(string page) => Blank(CodeSpan(), Blank(Comment(), Blank(Fence(), page)));

    private static string Blank(Regex what, string page) => what.Replace(page, "");

    [GeneratedRegex(@"\[[^\[\]]*\]\((?<target><[^>]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+""[^""]*"")?\)|^\[[^\]]+\]:\s*(?<target>\S+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 5000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex LinkText();

    [GeneratedRegex(@"^#{1,6}\s+(?<text>.+?)\s*#*\s*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 5000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"<a\s+(?:id|name)=""(?<name>[^""]+)""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex NamedAnchor();

    [GeneratedRegex(@"^(?<mark>`{3,}|~{3,}).*?^\k<mark>", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 5000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"<!--.*?-->", RegexOptions.Singleline, 5000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"`[^`\n]*`", RegexOptions.None, 5000)]
    private static partial Regex CodeSpan();
}
