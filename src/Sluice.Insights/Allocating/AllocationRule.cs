using Sluice.Core;

namespace Sluice.Insights.Allocating;

/// <summary>How a shared cost is split.</summary>
public enum SplitBy
{
    /// <summary>By the money that tags and rules gave each directly.</summary>
    Usage,

    /// <summary>By the tokens that they gave each.</summary>
    Tokens,

    /// <summary>The same for each.</summary>
    Evenly,

    /// <summary>By shares that the rule names.</summary>
    Shares,
}

/// <summary>One rule: which costs it is for, and who gets them.</summary>
public sealed record AllocationRule
{
    public required string Name { get; init; }

    /// <summary>All must fit; a rule without conditions fits everything.</summary>
    public IReadOnlyList<AllocationCondition> Conditions { get; init; } = [];

    /// <summary>Who gets the whole cost; null for a shared one.</summary>
    public string? To { get; init; }

    /// <summary>How a shared cost is split.</summary>
    public SplitBy Split { get; init; }

    /// <summary>Who shares by <see cref="SplitBy.Shares"/>, and in what proportion; none is negative and one at least is more than 0.</summary>
    public IReadOnlyDictionary<string, decimal> Shares { get; init; } = new Dictionary<string, decimal>(StringComparer.Ordinal);

    /// <summary>Who shares otherwise; empty for all that have direct costs.</summary>
    public IReadOnlyList<string> Among { get; init; } = [];

    /// <summary>Also for costs whose tag says who has them; other rules are for those without.</summary>
    public bool IncludesTagged { get; init; }

    public bool Fits(AllocatableCost cost) => Conditions.All(c => c.Fits(cost));
}

/// <summary>A condition of a rule.</summary>
/// <param name="Field">A name of <see cref="Fields"/>, or <c>tag:NAME</c>.</param>
/// <param name="Patterns">One must fit, as in <see cref="Wildcard"/>.</param>
public sealed record AllocationCondition(string Field, IReadOnlyList<string> Patterns)
{
    public static IReadOnlyList<string> Fields { get; } = ["provider", "service", "model", "account", "project", "region", "principal", "key", "usage_type", "category"];

    public static bool IsField(string name) => Fields.Contains(name, StringComparer.Ordinal) || (name.StartsWith("tag:", StringComparison.Ordinal) && name.Length > 4);

    public bool Fits(AllocatableCost cost) => Wildcard.MatchesAny(Patterns, Value(cost));

    private string Value(AllocatableCost cost) => Field switch
    {
        "provider" => cost.Provider,
        "service" => cost.Service,
        "model" => cost.Model,
        "account" => cost.Account,
        "project" => cost.Project,
        "region" => cost.Region,
        "principal" => cost.Principal,
        "key" => cost.Key,
        "usage_type" => cost.UsageType,
        "category" => cost.Category,
        _ => TagKey.Value(cost.Tags, Field[4..]) ?? "",
    };
}

/// <summary>What is allocated by, and how.</summary>
public sealed record AllocationPlan
{
    /// <summary>The tag that says who has a cost, such as <c>team</c>.</summary>
    public string By { get; init; } = "team";

    /// <summary>Other tags that say the same, in the order in which they are asked.</summary>
    public IReadOnlyList<string> OtherTags { get; init; } = [];

    /// <summary>The first that fits decides.</summary>
    public IReadOnlyList<AllocationRule> Rules { get; init; } = [];

    /// <summary>Every tag that tags and rules look at.</summary>
    public IReadOnlyList<string> TagNames =>
        [.. OtherTags.Prepend(By).Concat(Rules.SelectMany(r => r.Conditions).Where(c => c.Field.StartsWith("tag:", StringComparison.Ordinal)).Select(c => c.Field[4..])).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// The tag of a cost and its value; null where it has none, or its tags can't be read.
    /// </summary>
    public (string Tag, string Value)? TagOf(AllocatableCost cost)
    {
        foreach (var name in OtherTags.Prepend(By))
        {
            if (TagKey.Find(cost.Tags, name) is { } found)
                return found;
        }
        return null;
    }
}
