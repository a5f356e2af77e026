namespace Sluice.Insights.Conformance;

/// <summary>The versions of FOCUS whose Cost and Usage dataset can be checked.</summary>
public enum FocusVersion
{
    V10,
    V11,
    V12,
    V13,
    V14,
}

/// <summary>The versions as people write them.</summary>
public static class FocusVersions
{
    public static IReadOnlyList<string> Names { get; } = ["1.0", "1.1", "1.2", "1.3", "1.4"];

    public static string Name(this FocusVersion version) => Names[(int)version];

    public static bool TryParse(string name, out FocusVersion version)
    {
        var at = Names.ToList().IndexOf(name);
        version = (FocusVersion)Math.Max(at, 0);
        return at >= 0;
    }

    /// <summary>
    /// Which version a header is of: the one that misses least of what the header lacks and knows most of what it has, the oldest of those.
    /// A file doesn't say it, so a newer version's file without any of its new columns counts as older.
    /// </summary>
    public static FocusVersion Detect(IReadOnlyCollection<string> headers) => Enum.GetValues<FocusVersion>()
        .MinBy(version => headers.Count(h => FocusColumns.IsKnown(h) && FocusColumns.Find(h, version) is null)
            + FocusColumns.Of(version).Count(c => c.Level == FocusLevel.Mandatory && !headers.Contains(c.Name, StringComparer.Ordinal)));
}
