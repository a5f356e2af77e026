using System.Collections.Immutable;

namespace Sluice.Core.Pricing;

/// <summary>Region names and patterns of them, and the geographies of inference profiles.</summary>
public static class AwsRegions
{
    // Regions of other partitions have prices of their own. A pattern means commercial regions unless it names one of these.
    private static readonly string[] OtherPartitions = ["us-gov-", "cn-", "us-iso", "eu-isoe-", "eusc-"];

    // The regions from which AWS lets a geographic profile be called, as prefixes of region names. An unlisted profile is
    // not held against this table.
    private static readonly Dictionary<string, string[]> Sources = new(StringComparer.Ordinal)
    {
        ["us"] = ["us-east-", "us-west-", "ca-"],
        ["eu"] = ["eu-", "il-"],
        ["apac"] = ["ap-", "me-"],
        ["jp"] = ["ap-northeast-1", "ap-northeast-3"],
        ["au"] = ["ap-southeast-2", "ap-southeast-4", "ap-southeast-6"],
        ["in"] = ["ap-south-"],
        ["ca"] = ["ca-"],
        ["us-gov"] = ["us-gov-"],
    };

    // A usual source region of each geography, for questions that name a profile and no region.
    private static readonly Dictionary<string, string> Usual = new(StringComparer.Ordinal)
    {
        ["us"] = "us-east-1",
        ["eu"] = "eu-west-1",
        ["apac"] = "ap-southeast-2",
        ["jp"] = "ap-northeast-1",
        ["au"] = "ap-southeast-2",
        ["in"] = "ap-south-1",
        ["ca"] = "ca-central-1",
        ["us-gov"] = "us-gov-west-1",
    };

    /// <summary>The profile prefixes that are known: the geographies, and <c>global</c>.</summary>
    public static ImmutableArray<string> Profiles { get; } = [.. Sources.Keys, "global"];

    public static bool IsProfile(string prefix) => prefix == "global" || Sources.ContainsKey(prefix);

    /// <summary>A region from which the profile can be called: <c>us-east-1</c> for a bare id, a global profile and an unknown one.</summary>
    public static string UsualRegion(string? profile) => Usual.GetValueOrDefault(profile ?? "", "us-east-1");

    /// <summary>Whether the profile can be called from the region; true for a profile that isn't known.</summary>
    public static bool CanCall(string? profile, string region) =>
        profile is null || !Sources.TryGetValue(profile, out var prefixes)
        || (Array.Exists(prefixes, p => region.StartsWith(p, StringComparison.Ordinal)) && (profile == "us-gov" || IsCommercial(region)));

    /// <summary>Whether the text has the form of a region name, such as <c>eu-central-1</c> or <c>us-gov-west-1</c>.</summary>
    public static bool IsName(string text)
    {
        var parts = text.Split('-');
        return parts.Length is >= 3 and <= 4 && parts[^1].Length is 1 or 2 && parts[^1].All(char.IsAsciiDigit)
            && parts[..^1].All(p => p.Length > 0 && p.All(char.IsAsciiLetterLower));
    }

    internal static bool IsPattern(string text) =>
        text.EndsWith('*') && text[..^1].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Whether a region is the one named or falls under a pattern that ends in <c>*</c>.</summary>
    public static bool Matches(string pattern, string region)
    {
        if (!pattern.EndsWith('*'))
            return pattern == region;
        var prefix = pattern.AsSpan(0, pattern.Length - 1);
        return region.Length > 0 && region.AsSpan().StartsWith(prefix) && (IsCommercial(region) || !IsCommercial(pattern));
    }

    internal static bool IsCommercial(string region) =>
        !Array.Exists(OtherPartitions, p => region.StartsWith(p, StringComparison.Ordinal));
}
