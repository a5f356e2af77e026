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
    private readonly Lock _gate = new();
    private readonly BudgetAccounts _accounts = new(isShared: leases is not null);
    private readonly LinkedList<BudgetWaiter> _waiters = [];
    private readonly BudgetNews _news = new(raise, time);
    private volatile BudgetInForce[] _budgets = [];
    private volatile BudgetOptions _options = new();
    private int _held;

    public ImmutableArray<Budget> Budgets => [.. _budgets.Select(b => b.Budget)];

    /// <summary>There is nothing that a call could count for.</summary>
    public bool IsEmpty => _budgets.Length == 0;

    /// <summary>Attempts that something is held for.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Takes over the budgets of a changed configuration. What is spent stays where the scope and the window do.</summary>
    public void Use(ImmutableArray<Budget> budgets, BudgetOptions options)
    {
        _options = options;
        _budgets = [.. budgets.Select(b => new BudgetInForce(b))];
        List<Alert>? alerts = null;
        lock (_gate)
        {
            Pump();
            NoticeAll(ref alerts);
        }
        Wake();
        _news.Tell(alerts);
    }

    /// <summary>Takes over what was spent before this process began.</summary>
    public void Load(IEnumerable<SpentRow> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                var slot = _accounts.Of(row.Account).At(row.Slot);
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
                _accounts.Of(row.Account).At(row.Slot).Held += row.Amount;
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
            return [.. Budgets.SelectMany(budget => _accounts.KeysOf(budget.Account).Select(key => key.Bucket)
                .DefaultIfEmpty("").Order(StringComparer.Ordinal).Select(bucket => _accounts.StandingOf(budget, new AccountKey(budget.Account, bucket), at)))];
        }
    }

    /// <summary>The budgets that a call would count for, as they stand.</summary>
    public IReadOnlyList<BudgetStanding> StandingsOf(in BudgetDemand demand)
    {
        if (IsEmpty)
            return [];
        lock (_gate)
        {
            var standings = new List<BudgetStanding>();
            foreach (var claim in ClaimsOf(demand))
                standings.Add(_accounts.StandingOf(claim.Budget, claim.Account, demand.At));
            return standings;
        }
    }

    /// <summary>The highest share that any of a call's budgets has used, in whole percent; 0 for a call without one.</summary>
    public long UsedPercent(in BudgetDemand demand)
    {
        var most = 0L;
        foreach (var standing in StandingsOf(demand))
            most = Math.Max(most, standing.Percent);
        return most;
    }

    /// <summary>The budget that has a call's route take its cheapest model; null for none.</summary>
    public BudgetStanding? Cheaper(in BudgetDemand demand) =>
        StandingsOf(demand).FirstOrDefault(s => s.Budget.Thresholds.Any(t => t.Action == BudgetAction.Cheaper && s.Budget.IsReached(t, s.Counted)));

    /// <summary>The budget that keeps a call from a model; null for none.</summary>
    /// <param name="model">The base model, or the identifier where that is not known.</param>
    public BudgetStanding? Forbids(in BudgetDemand demand, string? model) => model is null ? null
        : StandingsOf(demand).FirstOrDefault(s => s.Budget.Thresholds.Any(t => t.Forbids(model) && s.Budget.IsReached(t, s.Counted)));

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
            if (demand.Need is null && options.OnUnpriced == BudgetDoubt.Refuse && claims.Find(c => c.Limit is not null) is { InForce: not null } hard)
                throw BudgetRefusals.Unpriced(_accounts.StandingOf(hard.Budget, hard.Account, demand.At), demand.Model, demand.WhyUnbounded ?? "its price is not known");
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
            _news.TellRefused(refusing);
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
                var slot = _accounts.Of(claim.Account).At(claim.Slot);
                if (!hold.IsSettled)
                    slot.Held -= hold.Amount;
                slot.Spent += now.Spent - before.Spent;
                slot.Unknown += now.Unknown - before.Unknown;
                slot.IsDirty = true;
                if (hold.IsSettled || !hold.IsWritten)
                    journal?.Adjust(new SpentRow(claim.Account, claim.Slot, now.Spent - before.Spent, now.Unknown - before.Unknown));
                Notice(claim.InForce, claim.Account, claim.Slot, ref alerts);
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
        _news.Tell(alerts);
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
                _news.TellRefused(standing);
            throw BudgetRefusals.Exceeded(standing, waiter.Hold.Amount, waited: true);
        }
        catch (BudgetNeverFitsException e)
        {
            _news.TellRefused(e.Standing);
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
        foreach (var budget in _budgets)
        {
            if (budget.Budget.Scope.BucketOf(demand.KeyId, demand.Tags, demand.Model) is { } bucket)
                claims.Add(new BudgetClaim(budget, _accounts.KeyOf(budget, bucket), budget.SlotOf(demand.At)));
        }
        return claims;
    }

    private void Take(BudgetHold hold)
    {
        foreach (var claim in hold.Claims)
        {
            var account = _accounts.Of(claim.Account);
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
            if (claim.Limit is { } limit && !_accounts.HasRoom(claim, limit, hold.Amount))
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

    /// <summary>What has been spent may have reached thresholds of a budget that was changed.</summary>
    private void NoticeAll(ref List<Alert>? alerts)
    {
        var now = time.GetUtcNow();
        foreach (var budget in _budgets)
        {
            foreach (var key in _accounts.KeysOf(budget.Account))
                Notice(budget, key, budget.SlotOf(now), ref alerts);
        }
    }

    /// <summary>Collects the alerts of thresholds that are reached and were not told of.</summary>
    private void Notice(BudgetInForce asOf, AccountKey account, DateTimeOffset slot, ref List<Alert>? alerts)
    {
        if (_news.IsDeaf)
            return;
        // The budget may have been changed while the call was under way; what counts is what it says now.
        var budget = Array.Find(_budgets, b => b.Account == asOf.Account) ?? asOf;
        var counted = _accounts.Counted(budget.Budget, account, slot);
        foreach (var (threshold, amount) in budget.Thresholds)
        {
            if (counted >= amount && _news.Reached(_accounts.StandingOf(budget.Budget, account, slot), threshold) is { } alert)
                (alerts ??= []).Add(alert);
        }
    }

    private void Forbid(List<BudgetClaim> claims, in BudgetDemand demand)
    {
        if (demand.Model is null)
            return;
        foreach (var claim in claims)
        {
            foreach (var (threshold, amount) in claim.InForce.Thresholds)
            {
                if (threshold.Forbids(demand.Model) && StandingAt(claim) is var standing && standing.Counted >= amount)
                    throw BudgetRefusals.Forbidden(standing, threshold, demand.Model);
            }
        }
    }

    private BudgetStanding StandingAt(in BudgetClaim claim) => _accounts.StandingOf(claim.Budget, claim.Account, claim.Slot);

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
