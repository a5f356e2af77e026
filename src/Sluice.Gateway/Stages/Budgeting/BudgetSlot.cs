using Sluice.Core;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>The money of an account in one slot. Guarded by the book.</summary>
internal sealed class BudgetSlot
{
    public Money Spent;
    public Money Unknown;
    public Money Held;

    /// <summary>With leases: what this replica may use of the slot, what it has used included.</summary>
    public Money Granted;

    /// <summary>With leases, as of the last exchange: what others hold or have used of all slots that count, this replica's other slots included.</summary>
    public Money OthersGranted;

    /// <summary>What of that is spent for good.</summary>
    public Money OthersUsed;

    /// <summary>Something has changed that the shared state has not been told.</summary>
    public bool IsDirty;

    /// <summary>When the shared state was last told of the slot, as a timestamp of the clock.</summary>
    public long RenewedAt;

    /// <summary>Something was held since the last exchange.</summary>
    public bool IsActive;

    /// <summary>More is at hand than an idle replica keeps.</summary>
    public bool IsUntrimmed;

    public Money Counted => Spent + Unknown;

    public Money Committed => Spent + Unknown + Held;
}

/// <summary>The slots of one account. Guarded by the book.</summary>
internal sealed class BudgetAccount
{
    public SortedList<DateTimeOffset, BudgetSlot> Slots { get; } = [];

    /// <summary>More than any rolling window has; older ones count for nothing any more.</summary>
    private const int MaxSlots = 128;

    public BudgetSlot At(DateTimeOffset slot)
    {
        if (Slots.TryGetValue(slot, out var found))
            return found;
        if (Slots.Count >= MaxSlots && Slots.Values[0] is { IsDirty: false } oldest && oldest.Held == Money.Zero)
            Slots.RemoveAt(0);
        return Slots[slot] = new BudgetSlot();
    }
}
