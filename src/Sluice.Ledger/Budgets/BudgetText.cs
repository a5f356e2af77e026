using System.Collections.Immutable;
using Sluice.Core;
using Sluice.Core.Budgets;

namespace Sluice.Ledger.Budgets;

/// <summary>A budget's parts as the databases keep them.</summary>
internal static class BudgetText
{
    private const char Separator = '\n';

    public static string Of(ImmutableArray<BudgetThreshold> thresholds) => string.Join(Separator, thresholds);

    /// <exception cref="BudgetStateException">One of them is not what a budget has: a later version's, or damaged.</exception>
    public static Budget Read(string name, string scope, string limit, string period, bool isRolling, string zone, string thresholds)
    {
        var read = thresholds.Split(Separator, StringSplitOptions.RemoveEmptyEntries).Select(BudgetThreshold.TryParse).ToList();
        if (BudgetScope.TryParse(scope) is not { } parsed || !Money.TryParse(limit, out var amount) || !Enum.TryParse<BudgetPeriod>(period, out var length)
            || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) || read.Contains(null))
            throw new BudgetStateException($"The budget '{name}' can't be read ({scope}, {limit}, {period}, {zone}); set it again with 'sluice budgets set'.");
        return new Budget { Name = name, Scope = parsed, Limit = amount, Window = new BudgetWindow(length, isRolling, found), Thresholds = [.. read.OfType<BudgetThreshold>()] };
    }
}
