namespace Sluice.Core.Budgets;

/// <summary>How a budget stands at a moment, over all replicas as far as this one knows.</summary>
/// <param name="Bucket">Whose limit it is where each has its own; else empty.</param>
/// <param name="Spent">Settled.</param>
/// <param name="Unknown">Counted for attempts whose cost nobody will know, at their worst case.</param>
/// <param name="Held">Reserved for attempts under way; with leases, also what other replicas hold unused.</param>
/// <param name="Window">The window now; a rolling one ends with its newest slot.</param>
/// <param name="FreesAt">When room comes back: the reset of a calendar window, the leaving of a rolling one's oldest spending.</param>
public sealed record BudgetStanding(Budget Budget, string Bucket, Money Spent, Money Unknown, Money Held, WindowSpan Window, DateTimeOffset FreesAt)
{
    /// <summary>What counts for thresholds: all that is spent for good.</summary>
    public Money Counted => Spent + Unknown;

    /// <summary>What is left of the limit, never below zero.</summary>
    public Money Left => Budget.Limit - Counted - Held is var left && left < Money.Zero ? Money.Zero : left;

    /// <summary>The counted share of the limit, in whole percent rounded down.</summary>
    public long Percent => Budget.Limit == Money.Zero ? 100 : (long)Math.Min(decimal.Floor(100 * Counted.Usd / Budget.Limit.Usd), 1_000_000);

    /// <summary>The name as people are told it.</summary>
    public string Title => Bucket.Length == 0 ? $"'{Budget.Name}'" : $"'{Budget.Name}' for {Bucket}";
}
