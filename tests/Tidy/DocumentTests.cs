using System.Text.RegularExpressions;
using Tidy.Sources;

namespace Tidy;

/// <summary>Documents that nothing leads to, or that lead nowhere, are worse than none.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Pages = [.. Repository.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal))];

    [Fact]
    public void LinksResolve() => Rule.Holds(
        "A relative link leads to a file of the repository, and its anchor to a heading there:",
        from page in Pages
        from link in RelativeLinks(page)
        where !Resolves(link)
        select $"{page}: {link.Target}");

    [Fact]
    public void EveryDocumentIsWithinReachOfTheReadme()
    {
        var reached = new HashSet<string>(["README.md"], StringComparer.Ordinal);
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out var page))
        {
            foreach (var link in RelativeLinks(page))
            {
                if (reached.Add(link.File) && Pages.Contains(link.File))
                    open.Enqueue(link.File);
            }
        }
        Rule.Holds(
            "README.md, or a page that it leads to, links every document:",
            Pages.Concat(Repository.Files.Where(f => f.StartsWith("docs/", StringComparison.Ordinal))).Distinct().Where(page => !reached.Contains(page)));
    }

    [Fact]
    public void DecisionsAreNumberedWithoutGaps()
    {
        var names = Repository.Files.Where(f => f.StartsWith("docs/decisions/", StringComparison.Ordinal) && !f.EndsWith("/README.md", StringComparison.Ordinal))
            .Select(f => Path.GetFileName(f)).ToList();
        Rule.Holds("A decision is called NNNN-in-a-few-words.md:", names.Where(name => !DecisionName().IsMatch(name)));
        Assert.Equal(Enumerable.Range(0, names.Count), names.Select(name => int.Parse(name.AsSpan(0, 4))));
    }

    [Fact]
    public void TheReadmeListsTheStagesInTheOrderOfThePipeline()
    {
        var order = PipelineOrder().Match(Repository.Read("src/Sluice.Gateway/Pipeline.cs")).Groups["stages"].Value
            .Replace("levers.", "", StringComparison.Ordinal).ToLowerInvariant().Split(", ");
        var readme = Repository.Read("README.md").Split("<!-- pipeline -->")[1].Split("<!-- end of pipeline -->")[0];

        Assert.Equal(order, StageOfReadme().Matches(readme).Select(m => m.Groups["stage"].Value));
        Assert.Contains(string.Join(" ▸ ", order), Repository.Read("ARCHITECTURE.md"), StringComparison.Ordinal);
    }

    private static IEnumerable<(string File, string Anchor, string Target)> RelativeLinks(string page)
    {
        foreach (var target in MarkdownText.Links(Repository.Read(page)).Where(t => !Absolute().IsMatch(t)))
        {
            var parts = target.Split('#', 2);
            var path = Uri.UnescapeDataString(parts[0]);
            var file = path.Length == 0
                ? page
                : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, path))).Replace('\\', '/');
            yield return (file, parts.Length > 1 ? parts[1] : "", target);
        }
    }

    private static bool Resolves((string File, string Anchor, string Target) link) =>
        (Repository.Files.Contains(link.File) || Repository.Files.Any(f => f.StartsWith(link.File + "/", StringComparison.Ordinal)))
        && (link.Anchor.Length == 0 || !Pages.Contains(link.File) || MarkdownText.Anchors(Repository.Read(link.File)).Contains(link.Anchor));

    [GeneratedRegex("^[a-z]+:", RegexOptions.None, 1000)]
    private static partial Regex Absolute();

    /// <summary>The parameters of the constructor, and the parts of the levers' stages, are named as the stages are.</summary>
    [GeneratedRegex(@"\[(?<stages>identify, record, levers[.][A-Za-z., ]+)\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PipelineOrder();

    [GeneratedRegex(@"^[0-9]+\. \*\*(?<stage>[a-z]+)\*\*:", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex StageOfReadme();

    [GeneratedRegex("^[0-9]{4}-[a-z0-9]+(-[a-z0-9]+)*[.]md$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DecisionName();
}
