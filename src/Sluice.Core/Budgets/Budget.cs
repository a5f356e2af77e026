using System.Collections.Immutable;

namespace Sluice.Core.Budgets;

/// <summary>How much some calls may cost over a window, and what happens on the way there.</summary>
public sealed record Budget
{
    /// <summary>A limit beyond this does not fit where amounts are kept as whole pico-dollars.</summary>
    public static readonly Money MaxLimit = Money.FromUsd(4_000_000);

    public required string Name { get; init; }

    public required BudgetScope Scope { get; init; }

    public required Money Limit { get; init; }

    public required BudgetWindow Window { get; init; }

    public ImmutableArray<BudgetThreshold> Thresholds { get; init; } = BudgetThreshold.Defaults;

    /// <summary>Counts the changes; alerts that were raised for an earlier revision are raised again.</summary>
    public long Revision { get; init; } = 1;

    /// <summary>Under what the spending is kept: it goes on counting while scope and window are the same, and begins anew where one changes.</summary>
    public string Account => $"{Name}|{Scope}|{Window}";

    /// <summary>What settled and reserved amounts together may never pass; null for a budget that stops nothing.</summary>
    public Money? HardLimit
    {
        get
        {
            Money? least = null;
            foreach (var threshold in Thresholds)
            {
                if (threshold.Action == BudgetAction.Stop && AmountAt(threshold) is var amount && (least is not { } known || amount < known))
                    least = amount;
            }
            return least;
        }
    }

    /// <summary>The dollars at which a threshold is reached, rounded down.</summary>
    public Money AmountAt(BudgetThreshold threshold)
    {
        var usd = Limit.Usd * threshold.Percent / 100;
        var rounded = Money.FromUsd(usd);
        return rounded.Usd > usd ? rounded - Money.FromPicoUsd(1) : rounded;
    }

    public bool IsReached(BudgetThreshold threshold, Money spent) => spent >= AmountAt(threshold);

    /// <summary>The same limit, scope, window and thresholds, whatever the revision.</summary>
    public bool IsSameAs(Budget other) => Name == other.Name && Scope == other.Scope && Limit == other.Limit
        && Window.ToString() == other.Window.ToString() && Thresholds.AsSpan().SequenceEqual(other.Thresholds.AsSpan());
}
