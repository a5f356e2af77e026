namespace Sluice.Insights.Allocating;

/// <summary>What one of those who share gets in one currency.</summary>
/// <param name="Name">Null for what nobody gets.</param>
/// <param name="Currency">Of the amounts.</param>
/// <param name="Direct">By a tag, or by a rule that names one.</param>
/// <param name="Shared">Of costs that were split.</param>
/// <param name="Unpriced">Calls or lines that are theirs and whose cost is not known.</param>
public sealed record AllocatedCost(string? Name, string Currency, decimal Direct, decimal Shared, long Unpriced)
{
    public decimal Total => Direct + Shared;
}

/// <summary>Which rule gave what to whom.</summary>
/// <param name="Rule">Its name, or the tag's.</param>
/// <param name="Name">Null for nobody.</param>
/// <param name="Currency">Of the amount.</param>
/// <param name="Amount">What it gave.</param>
/// <param name="Rows">How many costs it gave; 0 for parts of costs that were split.</param>
public sealed record AllocationStep(string Rule, string? Name, string Currency, decimal Amount, long Rows);

/// <summary>All costs, each given to one or split among several. The rows of a currency add up to its total exactly.</summary>
/// <param name="Rows">The largest first, what nobody gets last.</param>
/// <param name="Steps">In the order of the rules.</param>
/// <param name="Totals">Of what came in, by currency.</param>
public sealed record Allocation(IReadOnlyList<AllocatedCost> Rows, IReadOnlyList<AllocationStep> Steps, IReadOnlyDictionary<string, decimal> Totals);
