namespace Sluice.Core.Budgets;

/// <summary>What a replica says of an account and slot when it asks for more or gives back.</summary>
/// <param name="Oldest">The first slot that still counts beside this one.</param>
/// <param name="Limit">What all leases of the slots that count may come to; null for no limit.</param>
/// <param name="Used">Spent for good by this replica.</param>
/// <param name="Floor">What the replica keeps in any case: all that it has spent and holds for its calls. No lease is below it, whatever the limit.</param>
/// <param name="Least">Where this much does not fit, the lease is <paramref name="Floor"/>: less would help nobody.</param>
/// <param name="Target">What the replica would like to have, <paramref name="Floor"/> included.</param>
public sealed record LeaseRequest(AccountKey Account, DateTimeOffset Slot, DateTimeOffset Oldest, Money? Limit, Money Used, Money Floor, Money Least, Money Target);

/// <summary>The answer.</summary>
/// <param name="Granted">What the replica may use of the slot, what it has used included.</param>
/// <param name="OthersGranted">What other replicas, and this one's other slots, hold or have used.</param>
/// <param name="OthersUsed">What of that is spent for good; a replica that was not heard of for long counts with all it held.</param>
public sealed record Lease(LeaseRequest Request, Money Granted, Money OthersGranted, Money OthersUsed);

/// <summary>The shared state of several replicas, from which each holds leases.</summary>
public interface IBudgetLeases
{
    /// <summary>Renews, raises or gives back, all in one exchange.</summary>
    /// <exception cref="BudgetStateException">The state can't be reached; what became of the requests is not known.</exception>
    Task<IReadOnlyList<Lease>> ExchangeAsync(IReadOnlyList<LeaseRequest> requests, CancellationToken cancellationToken);
}
