using Sluice.Core;
using Sluice.Core.Budgets;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>One budget's part in an attempt.</summary>
internal readonly record struct BudgetClaim(BudgetInForce InForce, AccountKey Account, DateTimeOffset Slot)
{
    public Budget Budget => InForce.Budget;

    public Money? Limit => InForce.Limit;
}

/// <summary>What is held for one attempt, until its cost is known.</summary>
internal sealed class BudgetHold(BudgetBook book, string attemptId, IReadOnlyList<BudgetClaim> claims, Money amount)
{
    public string AttemptId => attemptId;

    public IReadOnlyList<BudgetClaim> Claims => claims;

    public Money Amount => amount;

    /// <summary>The journal has it. Guarded by the book.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Guarded by the book.</summary>
    public bool IsSettled { get; set; }

    /// <summary>What it was settled to; null where nobody knew. Guarded by the book.</summary>
    public Money? Cost { get; set; }

    /// <summary>Settles to a cost, or to the worst case where nobody knows it; told again, it corrects what it said before.</summary>
    public void Settle(Money? cost) => book.Settle(this, cost);

    public IReadOnlyList<HoldRow> Rows => [.. claims.Select(c => new HoldRow(attemptId, c.Account, c.Slot, amount))];
}

/// <summary>An attempt that waits for room. Guarded by the book.</summary>
internal sealed class BudgetWaiter(BudgetHold hold)
{
    public BudgetHold Hold => hold;

    /// <summary>True once the amount is held; an exception says why it will not be.</summary>
    public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
