using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tidy;

/// <summary>A project is a wall: what may refer to what, and no file outside every wall.</summary>
public sealed class ProjectTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Sluice.Core"] = [],
        ["Sluice.Bedrock"] = ["Sluice.Core"],
        ["Sluice.Ledger"] = ["Sluice.Core"],
        ["Sluice.Gateway"] = ["Sluice.Core", "Sluice.Bedrock"],
        ["Sluice.Insights"] = ["Sluice.Core", "Sluice.Ledger"],
        ["Sluice.Lab"] = ["Sluice.Core", "Sluice.Bedrock", "Sluice.Gateway", "Sluice.Insights"],
        ["Sluice.Simulator"] = ["Sluice.Core", "Sluice.Bedrock"],
        ["Sluice"] = ["Sluice.Core", "Sluice.Bedrock", "Sluice.Ledger", "Sluice.Gateway", "Sluice.Insights", "Sluice.Lab", "Sluice.Simulator"],
    };

    /// <summary>What the code of a project may not name, because its wall keeps that out.</summary>
    private static readonly (string Project, string[] Words)[] KeptOut =
    [
        ("Sluice.Core", ["System.Net", "HttpClient", "AspNetCore", "TimeProvider", "FileStream", "File.Open", "File.Read", "File.Write"]),
        ("Sluice.Bedrock", ["System.Net.Sockets", "HttpClient", "AspNetCore", "TimeProvider"]),
        ("Sluice.Ledger", ["System.Net", "HttpClient", "AspNetCore"]),
    ];

    private static readonly string[] Projects = [.. Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal))];

    public static bool MayRefer(string project, string other) => Allowed.TryGetValue(project, out var allowed) && allowed.Contains(other);

    [Fact]
    public void ProjectsReferOnlyToWhatTheirWallAllows() => Rule.Holds(
        "A project of src/ refers only to the projects that ARCHITECTURE.md allows it:",
        from project in Projects
        where project.StartsWith("src/", StringComparison.Ordinal)
        let name = Path.GetFileNameWithoutExtension(project)
        from reference in Included(project, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p))
        where !MayRefer(name, reference)
        select $"{name} -> {reference}");

    [Fact]
    public void TestsOfAProjectReferToItAndToNothingElse() => Rule.Holds(
        "tests/<project>.Tests refers to <project> alone; what needs more belongs in tests/EndToEnd:",
        from project in Projects
        let name = Path.GetFileNameWithoutExtension(project)
        where project.StartsWith("tests/", StringComparison.Ordinal) && name.EndsWith(".Tests", StringComparison.Ordinal)
        from reference in Included(project, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p))
        where reference != name[..^".Tests".Length]
        select $"{name} -> {reference}");

    [Fact]
    public void CodeStaysOnItsSideOfTheWall() => Rule.Holds(
        "Core has no I/O and no clock, Bedrock no network, the ledger no HTTP:",
        from wall in KeptOut
        from file in Repository.CSharp($"src/{wall.Project}")
        let code = Sources.CSharpText.CodeOnly(Repository.Read(file))
        from word in wall.Words
        where Regex.IsMatch(code, $@"(?<!\w){Regex.Escape(word)}", RegexOptions.None, TimeSpan.FromSeconds(5))
        select $"{file}: {word}");

    [Fact]
    public void TheSolutionHoldsEveryProjectAndNoOther() => Assert.Equal(
        Projects.Order(StringComparer.Ordinal),
        XDocument.Parse(Repository.Read("Sluice.slnx")).Descendants("Project").Select(p => p.Attribute("Path")!.Value).Order(StringComparer.Ordinal));

    [Fact]
    public void EveryProjectHasItsLockFile() => Rule.Holds(
        "Each project commits its packages.lock.json, so that a restore can't drift (dotnet restore writes it):",
        Projects.Select(project => $"{Path.GetDirectoryName(project)}/packages.lock.json").Where(file => !Repository.Has(file)));

    [Fact]
    public void EverySourceFileIsCompiledIntoAProject() => Rule.Holds(
        "A .cs file lies in the folder of a project, or it is dead:",
        Repository.CSharp("src", "tests", "bench", "samples")
            .Where(file => !file.StartsWith("tests/Shared/", StringComparison.Ordinal))
            .Where(file => !Projects.Any(project => file.StartsWith(Path.GetDirectoryName(project) + "/", StringComparison.Ordinal))));

    [Fact]
    public void NoProjectLeavesSourceFilesOut() => Rule.Holds(
        "A file that is left out of its project is dead; delete it instead:",
        from project in Projects
        from element in XDocument.Parse(Repository.Read(project)).Descendants("Compile")
        where element.Attribute("Remove") is not null
        select $"{project}: {element}");

    private static IEnumerable<string> Included(string project, string item) =>
        XDocument.Parse(Repository.Read(project)).Descendants(item).Select(e => e.Attribute("Include")!.Value.Replace('\\', '/'));
}
