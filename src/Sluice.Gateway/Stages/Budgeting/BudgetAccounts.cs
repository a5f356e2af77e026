using Sluice.Core;
using Sluice.Core.Budgets;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>The sums of all budgets, and what they come to over a window. Guarded by the book.</summary>
/// <param name="isShared">Several replicas share the limits, and this one holds leases of them.</param>
internal sealed class BudgetAccounts(bool isShared)
{
    /// <summary>Values that each have the limit to themselves are told apart up to here; what comes later shares one place.</summary>
    private const int MaxAccounts = 20_000;

    private const string Overflow = "(others)";

    private readonly Dictionary<AccountKey, BudgetAccount> _accounts = [];

    public IReadOnlyDictionary<AccountKey, BudgetAccount> All => _accounts;

    /// <summary>The accounts of a budget, one for each bucket.</summary>
    public IEnumerable<AccountKey> KeysOf(string account) => _accounts.Keys.Where(key => key.Account == account);

    public BudgetAccount Of(AccountKey key)
    {
        if (!_accounts.TryGetValue(key, out var account))
            _accounts[key] = account = new BudgetAccount();
        return account;
    }

    public AccountKey KeyOf(BudgetInForce budget, string bucket)
    {
        var key = new AccountKey(budget.Account, bucket);
        return bucket.Length == 0 || _accounts.ContainsKey(key) || _accounts.Count < MaxAccounts ? key : key with { Bucket = Overflow };
    }

    /// <summary>With leases, within what this replica holds.</summary>
    public bool HasRoom(in BudgetClaim claim, Money limit, Money need)
    {
        var account = Of(claim.Account);
        if (isShared)
        {
            var slot = account.At(claim.Slot);
            return slot.Committed + need <= slot.Granted;
        }
        var (spent, unknown, held) = Sum(account, claim.Budget.Window, claim.Slot);
        return spent + unknown + held + need <= limit;
    }

    /// <summary>What is spent for good, by all replicas as far as this one knows.</summary>
    public Money Counted(Budget budget, AccountKey key, DateTimeOffset slot)
    {
        var account = Of(key);
        if (isShared)
        {
            var shared = account.At(slot);
            return shared.Counted + shared.OthersUsed;
        }
        var (spent, unknown, _) = Sum(account, budget.Window, slot);
        return spent + unknown;
    }

    /// <summary>How a budget stands at a moment; who looks at one that nothing was counted for makes no account.</summary>
    public BudgetStanding StandingOf(Budget budget, AccountKey key, DateTimeOffset at)
    {
        var (window, slot) = (budget.Window.Of(at), budget.Window.SlotOf(at).Start);
        if (!_accounts.TryGetValue(key, out var account))
            return new BudgetStanding(budget, key.Bucket, Money.Zero, Money.Zero, Money.Zero, window, budget.Window.LeavesAt(slot));
        var (spent, unknown, held) = Sum(account, budget.Window, slot);
        if (isShared && account.Slots.TryGetValue(slot, out var shared))
        {
            // The exchange counts this replica's other slots among the others.
            (spent, unknown, held) = (shared.Spent + shared.OthersUsed, shared.Unknown, shared.Held + (shared.OthersGranted - shared.OthersUsed));
        }
        var frees = slot;
        foreach (var (start, found) in account.Slots)
        {
            if (start >= window.Start && found.Committed > Money.Zero)
            {
                frees = start;
                break;
            }
        }
        return new BudgetStanding(budget, key.Bucket, spent, unknown, held, window, budget.Window.LeavesAt(frees));
    }

    private static (Money Spent, Money Unknown, Money Held) Sum(BudgetAccount account, BudgetWindow window, DateTimeOffset slot)
    {
        if (!window.IsRolling)
            return account.Slots.TryGetValue(slot, out var only) ? (only.Spent, only.Unknown, only.Held) : default;
        var (spent, unknown, held) = (Money.Zero, Money.Zero, Money.Zero);
        var from = window.Of(slot).Start;
        for (var i = account.Slots.Count - 1; i >= 0 && account.Slots.Keys[i] >= from; i--)
        {
            var found = account.Slots.Values[i];
            (spent, unknown, held) = (spent + found.Spent, unknown + found.Unknown, held + found.Held);
        }
        return (spent, unknown, held);
    }
}
