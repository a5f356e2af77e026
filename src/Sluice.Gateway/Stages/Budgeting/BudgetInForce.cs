using System.Collections.Immutable;
using Sluice.Core;
using Sluice.Core.Budgets;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>A budget with what would have to be computed anew for every call. Guarded by the book.</summary>
internal sealed class BudgetInForce(Budget budget)
{
    private WindowSpan _slot;

    public Budget Budget => budget;

    public string Account { get; } = budget.Account;

    public Money? Limit { get; } = budget.HardLimit;

    /// <summary>The thresholds, each with its dollars.</summary>
    public ImmutableArray<(BudgetThreshold Threshold, Money Amount)> Thresholds { get; } = [.. budget.Thresholds.Select(t => (t, budget.AmountAt(t)))];

    /// <summary>The start of the slot that an instant belongs to. Calls mostly come in that of the one before.</summary>
    public DateTimeOffset SlotOf(DateTimeOffset at)
    {
        if (!_slot.Contains(at))
            _slot = budget.Window.SlotOf(at);
        return _slot.Start;
    }
}
