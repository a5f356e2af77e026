using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Sluice.Core;
using Sluice.Core.Alerts;
using Sluice.Core.Budgets;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>
/// What is spent and held of each budget. All arithmetic is in memory under one lock, so it is exact whatever comes at the
/// same time; the journal makes it outlive the process, and leases, where there are any, bound what this replica may use.
/// </summary>
/// <param name="journal">Where holds are written before a request leaves; null for a book that is only looked at.</param>
/// <param name="leases">The shared state of several replicas; null where this process is the only one.</param>
/// <param name="time">How long calls wait.</param>
/// <param name="raise">Told of thresholds that are reached; null for nobody.</param>
/// <param name="logger">Hears of a state that is lost and found.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its semaphores have no handles to give back, and calls that settle while the process ends may still release them.")]
public sealed partial class BudgetBook(IBudgetJournal? journal, IBudgetLeases? leases, TimeProvider time, RaiseAlert? raise, ILogger<BudgetBook> logger)
{
    /// <summary>Values that each have the limit to themselves are told apart up to here; what comes later shares one place.</summary>
    private const int MaxAccounts = 20_000;

    private const string Overflow = "(others)";

    private readonly Lock _gate = new();
    private readonly Dictionary<AccountKey, BudgetAccount> _accounts = [];
    private readonly LinkedList<BudgetWaiter> _waiters = [];
    private volatile ImmutableArray<Budget>[] _budgets = [[]];
    private volatile BudgetOptions _options = new();
    private int _held;

    public ImmutableArray<Budget> Budgets => _budgets[0];

    /// <summary>Attempts that something is held for.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Takes over the budgets of a changed configuration. What is spent stays where the scope and the window do.</summary>
    public void Use(ImmutableArray<Budget> budgets, BudgetOptions options)
    {
        _options = options;
        _budgets = [budgets];
        lock (_gate)
            Pump();
        Wake();
    }

    /// <summary>Takes over what was spent before this process began.</summary>
    public void Load(IEnumerable<SpentRow> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                var slot = AccountOf(row.Account).At(row.Slot);
                slot.Spent += row.Spent;
                slot.Unknown += row.Unknown;
                slot.IsDirty = true;
            }
        }
        Wake();
    }

    /// <summary>Shows what another process holds.</summary>
    public void LoadHeld(IEnumerable<HoldRow> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
                AccountOf(row.Account).At(row.Slot).Held += row.Amount;
        }
    }

    /// <summary>Books spending that no attempt was held for, such as that from before a budget was made.</summary>
    public void Add(SpentRow row)
    {
        Load([row]);
        journal?.Adjust(row);
    }

    /// <summary>Every account's standing in its present window, by budget.</summary>
    public IReadOnlyList<BudgetStanding> Standings(DateTimeOffset at)
    {
        lock (_gate)
        {
            return [.. Budgets.SelectMany(budget => _accounts.Keys.Where(k => k.Account == budget.Account).Select(k => k.Bucket)
                .DefaultIfEmpty("").Order(StringComparer.Ordinal).Select(bucket => StandingOf(budget, new AccountKey(budget.Account, bucket), at)))];
        }
    }

    /// <summary>The budgets that a call would count for, as they stand.</summary>
    public IReadOnlyList<BudgetStanding> StandingsOf(in BudgetDemand demand)
    {
        if (Budgets.IsEmpty)
            return [];
        lock (_gate)
        {
            var standings = new List<BudgetStanding>();
            foreach (var claim in ClaimsOf(demand))
                standings.Add(StandingOf(claim.Budget, claim.Account, demand.At));
            return standings;
        }
    }

    /// <summary>Holds the worst case of an attempt in every budget that it counts for; null where there is none.</summary>
    /// <exception cref="Errors.RefusedException">It does not fit, or nothing bounds it.</exception>
    internal async ValueTask<BudgetHold?> ReserveAsync(BudgetDemand demand, string attemptId, CancellationToken callerGone)
    {
        var options = _options;
        BudgetHold hold;
        BudgetWaiter? waiter = null;
        BudgetStanding? refusing = null;
        lock (_gate)
        {
            var claims = ClaimsOf(demand);
            if (claims.Count == 0)
                return null;
            Forbid(claims, demand);
            if (demand.Need is null && options.OnUnpriced == BudgetDoubt.Refuse && claims.Find(c => c.Limit is not null) is { Budget: not null } hard)
                throw BudgetRefusals.Unpriced(StandingOf(hard.Budget, hard.Account, demand.At), demand.Model, demand.WhyUnbounded ?? "its price is not known");
            hold = new BudgetHold(this, attemptId, claims, demand.Need ?? Money.Zero);
            if (!IsBehindAnother(hold) && Fits(hold) && (demand.Purpose != AttemptPurpose.Sample || LeavesReserve(hold)))
            {
                Take(hold);
            }
            else if (demand.Purpose != AttemptPurpose.Answer && Tightest(hold) is { } full)
            {
                throw BudgetRefusals.Exceeded(full, hold.Amount, waited: false);
            }
            else
            {
                refusing = NeverFits(hold) ?? (_waiters.Count >= options.MaxWaiting ? Tightest(hold) : null);
                if (refusing is null)
                {
                    waiter = new BudgetWaiter(hold);
                    _waiters.AddLast(waiter);
                    Pump();
                }
            }
        }
        if (refusing is not null)
        {
            TellRefused(refusing);
            throw BudgetRefusals.Exceeded(refusing, hold.Amount, waited: false);
        }
        if (waiter is not null)
            await WaitAsync(waiter, options.MaxWait, callerGone);
        await WriteAsync(hold, options);
        return hold;
    }

    /// <summary>Turns a hold into spending.</summary>
    internal void Settle(BudgetHold hold, Money? cost)
    {
        List<Alert>? alerts = null;
        lock (_gate)
        {
            if (hold.IsSettled && hold.Cost == cost)
                return;
            var before = hold.IsSettled ? (Spent: hold.Cost ?? Money.Zero, Unknown: hold.Cost is null ? hold.Amount : Money.Zero) : default;
            var now = (Spent: cost ?? Money.Zero, Unknown: cost is null ? hold.Amount : Money.Zero);
            foreach (var claim in hold.Claims)
            {
                var slot = AccountOf(claim.Account).At(claim.Slot);
                if (!hold.IsSettled)
                    slot.Held -= hold.Amount;
                slot.Spent += now.Spent - before.Spent;
                slot.Unknown += now.Unknown - before.Unknown;
                slot.IsDirty = true;
                if (hold.IsSettled || !hold.IsWritten)
                    journal?.Adjust(new SpentRow(claim.Account, claim.Slot, now.Spent - before.Spent, now.Unknown - before.Unknown));
                Notice(claim.Budget, claim.Account, claim.Slot, ref alerts);
            }
            hold.Cost = cost;
            if (!hold.IsSettled)
            {
                // Within the lock: whoever sees that nothing is held any more may close the journal.
                if (hold.IsWritten)
                    journal?.Settle(new SettledAttempt(hold.AttemptId, cost));
                hold.IsSettled = true;
                _held--;
                Pump();
            }
        }
        if (_isEnding)
            Wake();
        foreach (var alert in alerts ?? [])
            raise?.Invoke(alert);
    }

    private async ValueTask WaitAsync(BudgetWaiter waiter, TimeSpan limit, CancellationToken callerGone)
    {
        Wake();
        try
        {
            await waiter.Turn.Task.WaitAsync(limit, time, callerGone);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            BudgetStanding standing;
            lock (_gate)
            {
                // Its turn may have come in the same moment.
                if (waiter.Turn.Task.IsCompletedSuccessfully)
                    return;
                _waiters.Remove(waiter);
                waiter.Turn.TrySetCanceled(CancellationToken.None);
                standing = Tightest(waiter.Hold)!;
                Pump();
            }
            if (e is TimeoutException)
                TellRefused(standing);
            throw BudgetRefusals.Exceeded(standing, waiter.Hold.Amount, waited: true);
        }
        catch (BudgetNeverFitsException e)
        {
            TellRefused(e.Standing);
            throw BudgetRefusals.Exceeded(e.Standing, waiter.Hold.Amount, waited: true);
        }
    }

    private async ValueTask WriteAsync(BudgetHold hold, BudgetOptions options)
    {
        try
        {
            await journal!.HoldAsync(hold.Rows);
            lock (_gate)
                hold.IsWritten = true;
        }
        catch (BudgetStateException e)
        {
            if (options.OnStateLoss == BudgetDoubt.Pass)
            {
                Log.NotHeld(logger, hold.AttemptId, e.Message);
                return;
            }
            Settle(hold, Money.Zero);
            throw BudgetRefusals.StateLost(e.Message);
        }
    }

    private List<BudgetClaim> ClaimsOf(in BudgetDemand demand)
    {
        var claims = new List<BudgetClaim>();
        foreach (var budget in Budgets)
        {
            if (budget.Scope.BucketOf(demand.KeyId, demand.Tags, demand.Model) is { } bucket)
                claims.Add(new BudgetClaim(budget, KeyOf(budget, bucket), budget.Window.SlotOf(demand.At).Start));
        }
        return claims;
    }

    private AccountKey KeyOf(Budget budget, string bucket)
    {
        var key = new AccountKey(budget.Account, bucket);
        return bucket.Length == 0 || _accounts.ContainsKey(key) || _accounts.Count < MaxAccounts ? key : key with { Bucket = Overflow };
    }

    private BudgetAccount AccountOf(AccountKey key)
    {
        if (!_accounts.TryGetValue(key, out var account))
            _accounts[key] = account = new BudgetAccount();
        return account;
    }

    private void Take(BudgetHold hold)
    {
        foreach (var claim in hold.Claims)
        {
            var account = AccountOf(claim.Account);
            var slot = account.At(claim.Slot);
            slot.Held += hold.Amount;
            slot.IsDirty = slot.IsActive = true;
        }
        _held++;
    }

    /// <summary>A call that came earlier waits for room in one of the same budgets.</summary>
    private bool IsBehindAnother(BudgetHold hold)
    {
        if (_waiters.Count == 0)
            return false;
        foreach (var waiter in _waiters)
        {
            foreach (var claim in waiter.Hold.Claims)
            {
                if (claim.Limit is not null && hold.Claims.Any(own => own.Account == claim.Account))
                    return true;
            }
        }
        return false;
    }

    private bool Fits(BudgetHold hold)
    {
        foreach (var claim in hold.Claims)
        {
            if (claim.Limit is { } limit && !Fits(claim, limit, hold.Amount))
                return false;
        }
        return true;
    }

    /// <summary>The last tenth of a limit is for callers, whom no sample may bring to its end.</summary>
    private bool LeavesReserve(BudgetHold hold)
    {
        foreach (var claim in hold.Claims)
        {
            if (claim.Limit is { } limit && StandingAt(claim) is var standing && (standing.Counted + standing.Held + hold.Amount).Usd * 10 > limit.Usd * 9)
                return false;
        }
        return true;
    }

    private bool Fits(in BudgetClaim claim, Money limit, Money need)
    {
        var account = AccountOf(claim.Account);
        if (leases is not null)
            return account.At(claim.Slot) is var slot && slot.Committed + need <= slot.Granted;
        var (spent, unknown, held) = Sum(account, claim.Budget.Window, claim.Slot);
        return spent + unknown + held + need <= limit;
    }

    /// <summary>The budget in which it would not fit even if all that is held settled to nothing; null where there is hope.</summary>
    private BudgetStanding? NeverFits(BudgetHold hold)
    {
        foreach (var claim in hold.Claims)
        {
            if (claim.Limit is { } limit && StandingAt(claim) is var standing && standing.Counted + hold.Amount > limit)
                return standing;
        }
        return null;
    }

    private BudgetStanding? Tightest(BudgetHold hold) => hold.Claims.Where(c => c.Limit is not null).Select(c => StandingAt(c)).MinBy(s => s.Budget.HardLimit!.Value - s.Counted - s.Held);

    /// <summary>Gives their turn to those who fit now, in the order in which they came: nobody overtakes in the same budget.</summary>
    private void Pump()
    {
        HashSet<AccountKey>? taken = null;
        for (var node = _waiters.First; node is not null;)
        {
            var (waiter, next) = (node.Value, node.Next);
            if (taken is null || !waiter.Hold.Claims.Any(c => taken.Contains(c.Account)))
            {
                if (Fits(waiter.Hold) || (_lost is not null && _options.OnStateLoss == BudgetDoubt.Pass))
                {
                    Take(waiter.Hold);
                    _waiters.Remove(node);
                    waiter.Turn.TrySetResult();
                    node = next;
                    continue;
                }
                if (NeverFits(waiter.Hold) is { } standing)
                {
                    _waiters.Remove(node);
                    waiter.Turn.TrySetException(new BudgetNeverFitsException(standing));
                    node = next;
                    continue;
                }
                if (_lost is { } cause)
                {
                    _waiters.Remove(node);
                    waiter.Turn.TrySetException(BudgetRefusals.StateLost(cause));
                    node = next;
                    continue;
                }
            }
            taken ??= [];
            foreach (var claim in waiter.Hold.Claims)
            {
                if (claim.Limit is not null)
                    taken.Add(claim.Account);
            }
            node = next;
        }
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

    private BudgetStanding StandingAt(in BudgetClaim claim) => StandingOf(claim.Budget, claim.Account, claim.Slot);

    private BudgetStanding StandingOf(Budget budget, AccountKey key, DateTimeOffset at)
    {
        var (window, slot) = (budget.Window.Of(at), budget.Window.SlotOf(at).Start);
        if (!_accounts.TryGetValue(key, out var account))
            return new BudgetStanding(budget, key.Bucket, Money.Zero, Money.Zero, Money.Zero, window, budget.Window.LeavesAt(slot));
        var (spent, unknown, held) = Sum(account, budget.Window, slot);
        if (leases is not null && account.Slots.TryGetValue(slot, out var shared))
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

    private static partial class Log
    {
        [LoggerMessage(90, LogLevel.Error, "Attempt {AttemptId} goes on though its budgets could not be written: {Cause}")]
        public static partial void NotHeld(ILogger logger, string attemptId, string cause);

        [LoggerMessage(91, LogLevel.Error, "The shared state of the budgets can't be reached; leases at hand are used up, and then calls are {Fate}: {Cause}")]
        public static partial void Lost(ILogger logger, string fate, string cause);

        [LoggerMessage(92, LogLevel.Warning, "The shared state of the budgets is back")]
        public static partial void Found(ILogger logger);
    }
}

/// <summary>What is settled already leaves no room for a call that waits.</summary>
internal sealed class BudgetNeverFitsException(BudgetStanding standing) : Exception
{
    public BudgetStanding Standing => standing;
}
