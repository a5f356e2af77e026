using System.Collections.Immutable;

namespace Sluice.Core.Budgets;

/// <summary>By what a budget picks its calls.</summary>
public enum BudgetScopeKind
{
    All,
    Key,
    App,
    Team,
    Task,
    Model,
    Tag,
}

/// <summary>
/// The calls that a budget is for, written as <c>all</c>, <c>app:chat</c>, <c>model:*opus*</c> or <c>tag:environment=production</c>;
/// with <c>each</c> for the value (<c>key:each</c>) every value has the limit to itself, those without one together.
/// </summary>
/// <param name="Tag">The tag's name; empty where <paramref name="Kind"/> says it.</param>
/// <param name="Value">A pattern as in <see cref="Wildcard"/>, or <c>each</c>; empty for all.</param>
public sealed record BudgetScope(BudgetScopeKind Kind, string Tag, string Value)
{
    /// <summary>Every value by itself.</summary>
    public const string Each = "each";

    public static BudgetScope All { get; } = new(BudgetScopeKind.All, "", "");

    public bool IsEach => Value == Each;

    /// <summary>Where the spending of a call is counted: null where the budget is not for it, empty for the one place that a budget has unless it has each.</summary>
    /// <param name="model">The base model, or the identifier where that is not known.</param>
    public string? BucketOf(string? keyId, ImmutableSortedDictionary<string, string> tags, string? model)
    {
        if (Kind == BudgetScopeKind.All)
            return "";
        var value = Kind switch
        {
            BudgetScopeKind.Key => keyId,
            BudgetScopeKind.Model => model,
            _ => TagKey.Value(tags, TagName),
        };
        if (IsEach)
            return value ?? "";
        return value is not null && Wildcard.Matches(Value, value) ? "" : null;
    }

    public static BudgetScope? TryParse(string text)
    {
        if (text == "all")
            return All;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || colon == text.Length - 1 || !Enum.TryParse<BudgetScopeKind>(text[..colon], ignoreCase: true, out var kind) || kind == BudgetScopeKind.All || !char.IsLetter(text[0]))
            return null;
        var value = text[(colon + 1)..];
        if (kind != BudgetScopeKind.Tag)
            return new BudgetScope(kind, "", value);
        var equals = value.IndexOf('=', StringComparison.Ordinal);
        return equals < 1 || equals == value.Length - 1 ? null : new BudgetScope(kind, value[..equals], value[(equals + 1)..]);
    }

    public override string ToString() => Kind switch
    {
        BudgetScopeKind.All => "all",
        BudgetScopeKind.Tag => $"tag:{Tag}={Value}",
        _ => $"{Kind.ToString().ToLowerInvariant()}:{Value}",
    };

    private string TagName => Kind == BudgetScopeKind.Tag ? Tag : Kind.ToString().ToLowerInvariant();
}
