using System.Collections.Immutable;

namespace Sluice.Core.Budgets;

/// <summary>A share of a budget's limit, and what happens from there on.</summary>
/// <param name="Percent">Of the limit, above 0.</param>
/// <param name="Models">For <see cref="BudgetAction.Forbid"/>: patterns of models, as in <see cref="Wildcard"/>.</param>
public sealed record BudgetThreshold(decimal Percent, BudgetAction Action, ImmutableArray<string> Models)
{
    public static ImmutableArray<BudgetThreshold> Defaults { get; } =
        [new(50, BudgetAction.Alert, []), new(80, BudgetAction.Alert, []), new(100, BudgetAction.Alert, [])];

    /// <summary>Whether the threshold keeps calls from a model, by any of its names.</summary>
    public bool Forbids(string model) => Action == BudgetAction.Forbid && Models.Any(m => Wildcard.Matches(m, model));

    public bool Equals(BudgetThreshold? other) =>
        other is not null && Percent == other.Percent && Action == other.Action && Models.AsSpan().SequenceEqual(other.Models.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Percent, Action, Models.Length);

    /// <summary>As in <c>sluice budgets set --at</c>: <c>80:alert</c>, <c>90:forbid=*opus*,*sonnet*</c>.</summary>
    public override string ToString() =>
        $"{Percent:0.######}:{Action.ToString().ToLowerInvariant()}{(Models.IsEmpty ? "" : "=" + string.Join(',', Models))}";

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static BudgetThreshold? TryParse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (colon < 1 || !decimal.TryParse(text.AsSpan(0, colon).TrimEnd('%'), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var percent) || percent is <= 0 or > 1000)
            return null;
        var word = equals < 0 ? text[(colon + 1)..] : text[(colon + 1)..equals];
        if (!TryParseAction(word, out var action))
            return null;
        ImmutableArray<string> models = equals < 0 ? [] : [.. text[(equals + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        return models.IsEmpty == (action == BudgetAction.Forbid) ? null : new BudgetThreshold(percent, action, models);
    }

    public static bool TryParseAction(string word, out BudgetAction action)
    {
        action = default;
        return word.Length > 0 && char.IsLetter(word[0]) && Enum.TryParse(word, ignoreCase: true, out action);
    }
}
