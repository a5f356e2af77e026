using Sluice.Core;
using Sluice.Core.Alerts;
using Sluice.Core.Budgets;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>
/// How this replica comes to its part of the shared limits. It asks for what its calls need and, while there is room, for
/// some more to have at hand; what it does not use it gives back at the next exchange. Nobody else takes what it holds, so
/// leases can be used up while the state is away, and no order of failures takes all replicas together beyond a limit.
/// </summary>
public sealed partial class BudgetBook
{
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(500);

    /// <summary>A replica that is not heard of for six times this long counts with all that it holds.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);

    /// <summary>The share of what is left that is leased ahead of need: with many replicas most of the rest stays free for others.</summary>
    private const int AheadShare = 16;

    /// <summary>The share of the limit that an idle replica keeps at hand.</summary>
    private const int IdleShare = 200;

    private readonly SemaphoreSlim _wake = new(0, 1);
    private volatile bool _isEnding;

    /// <summary>An answer must be taken over before the next question is made of what it changes.</summary>
    private readonly SemaphoreSlim _exchanging = new(1, 1);

    /// <summary>Why the state can't be reached; null while it can.</summary>
    private string? _lost;

    /// <summary>Why the shared state can't be reached; null while it can, or where there is none.</summary>
    public string? StateLost => Volatile.Read(ref _lost);

    /// <summary>Keeps the leases until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (leases is null)
            return;
        while (!stopping.IsCancellationRequested)
        {
            await ExchangeAsync(CancellationToken.None);
            try
            {
                bool isWaiting;
                lock (_gate)
                    isWaiting = _waiters.Count > 0 || _held > 0;
                if (await _wake.WaitAsync(isWaiting ? Busy : Idle, stopping))
                    // Who wakes it comes with others: one exchange serves all of a moment.
                    await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, stopping);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
    }

    /// <summary>
    /// Gives back all that is leased and not spent, as the last thing that the book does. It waits for attempts under way to be
    /// settled, and for a state that is away; whatever settles after an exchange is told with another.
    /// </summary>
    /// <returns>How many attempts were not settled in time. What is held for them stays held until the next start settles them from the ledger.</returns>
    public async Task<int> EndAsync(TimeSpan patience)
    {
        _isEnding = true;
        using var end = new CancellationTokenSource(patience, TimeProvider.System);
        while (true)
        {
            var isLast = end.IsCancellationRequested;
            var held = Held;
            if (leases is not null)
                await ExchangeAsync(CancellationToken.None);
            if (isLast || (held == 0 && StateLost is null))
                return held;
            try
            {
                await _wake.WaitAsync(Idle, end.Token);
            }
            catch (OperationCanceledException)
            {
                // What has settled until now is told once more.
            }
        }
    }

    private void Wake()
    {
        if (_wake.CurrentCount > 0)
            return;
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another call woke it in the same moment.
        }
    }

    /// <summary>Asks how all budgets stand now, for whoever wants to see them.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (leases is null)
            return;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var budget in _budgets)
            {
                foreach (var key in _accounts.KeysOf(budget.Account))
                    _accounts.Of(key).At(budget.SlotOf(now)).IsDirty = true;
                if (!budget.Budget.Scope.IsEach)
                    _accounts.Of(new AccountKey(budget.Account, "")).At(budget.SlotOf(now)).IsDirty = true;
            }
        }
        await ExchangeAsync(cancellationToken);
    }

    /// <summary>One exchange of everything that has changed.</summary>
    internal async Task ExchangeAsync(CancellationToken cancellationToken)
    {
        await _exchanging.WaitAsync(cancellationToken);
        try
        {
            await ExchangeOnceAsync(cancellationToken);
        }
        finally
        {
            _exchanging.Release();
        }
    }

    private async Task ExchangeOnceAsync(CancellationToken cancellationToken)
    {
        List<LeaseRequest> requests;
        lock (_gate)
            requests = Requests();
        if (requests.Count == 0 && StateLost is null)
            return;
        List<Alert>? alerts = null;
        try
        {
            var granted = await leases!.ExchangeAsync(requests, cancellationToken);
            lock (_gate)
            {
                if (_lost is not null)
                    Log.Found(logger);
                _lost = null;
                foreach (var lease in granted)
                    Apply(lease, ref alerts);
                Pump();
            }
        }
        catch (BudgetStateException e)
        {
            lock (_gate)
            {
                if (_lost is null)
                    Log.Lost(logger, _options.OnStateLoss == BudgetDoubt.Pass ? "passed and booked later" : "refused", e.Message);
                _lost = e.Message;
                foreach (var request in requests)
                    _accounts.Of(request.Account).At(request.Slot).IsDirty = true;
                Pump();
            }
        }
        _news.Tell(alerts);
    }

    private List<LeaseRequest> Requests()
    {
        var needs = new Dictionary<(AccountKey, DateTimeOffset), (Money First, Money All)>();
        foreach (var waiter in _waiters)
        {
            foreach (var claim in waiter.Hold.Claims)
            {
                if (claim.Limit is null)
                    continue;
                _accounts.Of(claim.Account).At(claim.Slot);
                needs[(claim.Account, claim.Slot)] = needs.TryGetValue((claim.Account, claim.Slot), out var known)
                    ? (known.First, known.All + waiter.Hold.Amount)
                    : (waiter.Hold.Amount, waiter.Hold.Amount);
            }
        }
        var requests = new List<LeaseRequest>();
        var byAccount = _budgets.ToDictionary(b => b.Account, StringComparer.Ordinal);
        foreach (var (key, account) in _accounts.All)
        {
            if (!byAccount.TryGetValue(key.Account, out var budget))
                continue;
            foreach (var (start, slot) in account.Slots)
            {
                var need = needs.GetValueOrDefault((key, start));
                var hasMore = slot.Granted > slot.Committed;
                if ((slot.Held > Money.Zero || hasMore) && (_isEnding || time.GetElapsedTime(slot.RenewedAt) > Renewal))
                    slot.IsDirty = true;
                if (slot.IsDirty || need.All > Money.Zero || (hasMore && slot.IsUntrimmed))
                    requests.Add(Request(budget, key, start, slot, need));
            }
        }
        return requests;
    }

    private LeaseRequest Request(BudgetInForce budget, AccountKey key, DateTimeOffset start, BudgetSlot slot, (Money First, Money All) need)
    {
        var limit = budget.Limit;
        var isActive = slot.IsActive || need.All > Money.Zero;
        var ahead = Money.Zero;
        if (limit is { } hard && !_isEnding && hard - slot.OthersGranted - slot.Committed is var left && left > Money.Zero)
        {
            ahead = Money.FromUsd(left.Usd / AheadShare);
            // Whoever is idle keeps a little, for a time in which the state may be away; near the limit others need it more.
            if (!isActive)
                ahead = left.Usd * 10 < hard.Usd ? Money.Zero : Smaller(ahead, Money.FromUsd(hard.Usd / IdleShare));
        }
        var target = slot.Committed + need.All + ahead;
        // Whoever waits for more than there is keeps nothing that others could use: parts of a call's worth help nobody.
        // While the state is away, though, what is at hand is all there is; but for a replica that ends, which needs no more.
        var givesBack = (need.First > Money.Zero || target < slot.Granted) && (_lost is null || _isEnding);
        var floor = givesBack ? slot.Committed : Larger(slot.Committed, slot.Granted);
        // What may be given back is no longer this replica's from now on, whatever becomes of the answer.
        slot.Granted = floor;
        (slot.IsDirty, slot.IsActive, slot.IsUntrimmed) = (false, false, isActive);
        return new LeaseRequest(key, start, budget.Budget.Window.Of(start).Start, limit, slot.Counted, floor, Larger(floor, slot.Committed + need.First), Larger(floor, target));
    }

    private void Apply(Lease lease, ref List<Alert>? alerts)
    {
        var slot = _accounts.Of(lease.Request.Account).At(lease.Request.Slot);
        slot.Granted = lease.Granted;
        slot.RenewedAt = time.GetTimestamp();
        (slot.OthersGranted, slot.OthersUsed) = (lease.OthersGranted, lease.OthersUsed);
        if (Array.Find(_budgets, b => b.Account == lease.Request.Account.Account) is { } budget)
            Notice(budget, lease.Request.Account, lease.Request.Slot, ref alerts);
    }

    private static Money Smaller(Money a, Money b) => a < b ? a : b;

    private static Money Larger(Money a, Money b) => a > b ? a : b;
}
