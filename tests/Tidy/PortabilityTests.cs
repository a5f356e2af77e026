using System.Text.RegularExpressions;

namespace Tidy;

/// <summary>The repository builds and reads the same on any machine: no file names the place where it was written.</summary>
public sealed class PortabilityTests
{
    /// <summary>Written in two halves, so that this file does not hold what it looks for.</summary>
    private static readonly (string Pattern, string What)[] Marks =
    [
        (@"(?<![\w./~-])/" + @"work/", "a path of one machine"),
        (@"(?<![\w./~-])/" + @"home/\w", "a path of one person"),
        (@"(?<![\w./~-])/" + @"Users/\w", "a path of one person"),
        (@"\.lib" + @"rary/", "a folder beside the checkout"),
        (@"\bfarm" + @"-\w", "a tool of one workplace"),
        (@"shared/" + @"hooks", "a tool of one workplace"),
        (@"nuget" + @"\.org", "the host of a registry"),
        (@"npmjs" + @"\.(org|com)", "the host of a registry"),
        (@"deb\.deb" + @"ian\.org", "the host of a registry"),
        (@"pypi" + @"\.org", "the host of a registry"),
    ];

    [Fact]
    public void NoFileNamesThePlaceWhereItWasWritten() => Rule.Holds(
        "A tracked file names no absolute path, no tool of one workplace and no registry's host:",
        from file in Repository.Files
        let text = Repository.Read(file)
        where !text.Contains('\0')
        from mark in Marks
        let match = Regex.Match(text, mark.Pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10))
        where match.Success
        select $"{file}:{text.AsSpan(0, match.Index).Count('\n') + 1} {mark.What}: {match.Value}");
}
