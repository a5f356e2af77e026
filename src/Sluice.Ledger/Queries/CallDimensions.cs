namespace Sluice.Ledger.Queries;

/// <summary>What calls can be grouped by and chosen by.</summary>
public static class CallDimensions
{
    /// <summary>Before the name of any tag.</summary>
    public const string Tag = "tag:";

    /// <summary>All there are beside <c>tag:NAME</c>; the first four are tags that have names of their own. A status is the last attempt's.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["app", "team", "task", "environment", "key", "model", "operation", "region", "scope", "tier", "outcome", "error", "status"];

    public static bool IsKnown(string name) =>
        All.Contains(name, StringComparer.Ordinal) || (name.StartsWith(Tag, StringComparison.Ordinal) && name.Length > Tag.Length);

    /// <exception cref="ArgumentException">There is no such dimension.</exception>
    internal static void Check(IEnumerable<string> names)
    {
        if (names.FirstOrDefault(n => !IsKnown(n)) is { } unknown)
            throw new ArgumentException($"Calls have no dimension '{unknown}'; they have {string.Join(", ", All)} and tag:NAME.", nameof(names));
    }
}
