using System.Text.RegularExpressions;
using Sluice.Core;

namespace Sluice.Output;

/// <summary>Model ids in the words that people tell models apart by: without profile, provider, date and first version.</summary>
internal static class ModelName
{
    private const int LettersAfterLead = 2;

    /// <summary>A profile or a provider, unless a bare version such as <c>r1</c> or <c>v3.2</c> comes after it.</summary>
    private static readonly Regex Lead = LinearRegex.Of(@"^[a-z][a-z-]*\.[a-z][a-z]");

    private static readonly Regex Date = LinearRegex.Of(@"-\d\d\d\d\d\d\d\d(?<version>-v\d+(?::\d+)?)?$");

    private static readonly Regex FirstVersion = LinearRegex.Of("-v1:0$|:0$");

    private static readonly Regex Version = LinearRegex.Of(@"(?<major>\d)-(?<minor>\d)(?<end>-|$)");

    /// <summary>The names of columns that hold model ids; they are the same in every listing.</summary>
    public static bool IsColumn(string name) => name.Replace(' ', '_') is "model" or "requested_model" or "served_model";

    /// <summary><c>us.anthropic.claude-sonnet-4-5-20250929-v1:0</c> is <c>claude-sonnet-4.5</c>.</summary>
    public static string Short(string id)
    {
        if (id.StartsWith("arn:", StringComparison.Ordinal))
            return id;
        var name = id;
        while (Lead.Match(name) is { Success: true } lead)
            name = name[(lead.Length - LettersAfterLead)..];
        return Version.Replace(FirstVersion.Replace(Date.Replace(name, "${version}"), ""), "${major}.${minor}${end}");
    }

    /// <summary>Short names for a column; ids whose short names are the same stay as they are.</summary>
    public static IReadOnlyDictionary<string, string> ShortNames(IEnumerable<string> ids) => ids.Distinct(StringComparer.Ordinal)
        .GroupBy(Short, StringComparer.Ordinal)
        .SelectMany(g => g.Count() == 1 ? g.Select(id => (Id: id, Name: g.Key)) : g.Select(id => (Id: id, Name: id)))
        .ToDictionary(e => e.Id, e => e.Name, StringComparer.Ordinal);
}
