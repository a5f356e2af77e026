using System.Text.Json;
using System.Xml.Linq;

namespace Tidy;

/// <summary>A package is a liability that has to earn its place, in use and in writing.</summary>
public sealed class PackageTests
{
    private static readonly string[] Versions =
        [.. XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion").Select(e => e.Attribute("Include")!.Value)];

    [Fact]
    public void EveryPackageIsUsed()
    {
        var used = Repository.Files
            .Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) || f.EndsWith(".props", StringComparison.Ordinal))
            .SelectMany(f => XDocument.Parse(Repository.Read(f)).Descendants("PackageReference").Select(e => e.Attribute("Include")!.Value))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        Rule.Holds("Directory.Packages.props lists only packages that a project refers to:", Versions.Where(v => !used.Contains(v)));
    }

    [Fact]
    public void EveryPackageHasItsReasonInWriting()
    {
        var reasons = Repository.Read("docs/dependencies.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToList();
        Rule.Holds(
            "docs/dependencies.md has a row for each package, `name` in its first column:",
            Versions.Where(version => !reasons.Any(row => row.Split('|')[1].Contains($"`{version}`", StringComparison.Ordinal))));
        Rule.Holds(
            "docs/dependencies.md has no row for a package that is gone:",
            reasons.SelectMany(row => row.Split('|')[1].Split('`').Where((_, i) => i % 2 == 1))
                .Where(name => !Versions.Contains(name, StringComparer.Ordinal) && !NpmNames().Contains(name)));
    }

    [Fact]
    public void NpmLockFilesNameNoRegistry() => Rule.Holds(
        "package-lock.json is written with omit-lockfile-registry-resolved=true, so that it installs from any mirror:",
        from file in Repository.Files
        where Path.GetFileName(file) == "package-lock.json"
        where JsonDocument.Parse(Repository.Read(file)).RootElement.GetProperty("packages").EnumerateObject()
            .Any(package => package.Value.TryGetProperty("resolved", out _))
        select file);

    private static HashSet<string> NpmNames() => Repository.Files
        .Where(f => Path.GetFileName(f) == "package.json")
        .Select(f => JsonDocument.Parse(Repository.Read(f)).RootElement)
        .SelectMany(json => new[] { "dependencies", "devDependencies" }
            .SelectMany(group => json.TryGetProperty(group, out var packages) ? packages.EnumerateObject().Select(p => p.Name) : []))
        .ToHashSet(StringComparer.Ordinal);
}
