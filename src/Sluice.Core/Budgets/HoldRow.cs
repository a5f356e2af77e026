namespace Sluice.Core.Budgets;

/// <summary>A place where spending is counted.</summary>
/// <param name="Account">The budget's (<see cref="Budget.Account"/>).</param>
/// <param name="Bucket">Empty, or the value that the limit is for where each has its own.</param>
public readonly record struct AccountKey(string Account, string Bucket);

/// <summary>An amount that is held of an account for one attempt until it is settled.</summary>
/// <param name="AttemptId">The invocation's id, a stroke and the attempt's number.</param>
public sealed record HoldRow(string AttemptId, AccountKey Account, DateTimeOffset Slot, Money Amount);

/// <summary>What was spent of an account in a slot.</summary>
/// <param name="Spent">Settled, to the cent of the ledger.</param>
/// <param name="Unknown">Held for attempts whose cost will never be known, at their worst case; it counts against limits all the same.</param>
public sealed record SpentRow(AccountKey Account, DateTimeOffset Slot, Money Spent, Money Unknown);

/// <summary>How an attempt ended for the budgets: its cost, or null where nobody will ever know it.</summary>
public sealed record SettledAttempt(string AttemptId, Money? Cost);
