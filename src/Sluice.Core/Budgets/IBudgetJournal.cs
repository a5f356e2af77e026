namespace Sluice.Core.Budgets;

/// <summary>Where holds and settlements outlive the process. The gateway knows the disk's budgets only as this.</summary>
public interface IBudgetJournal
{
    /// <summary>Ends when the holds outlive a kill of the process. No request may leave before.</summary>
    /// <exception cref="BudgetStateException">They could not be written.</exception>
    Task HoldAsync(IReadOnlyList<HoldRow> holds);

    /// <summary>Turns the attempt's holds into spending, once however often it is told. It never waits and never throws: what is not written is settled from the ledger at the next start.</summary>
    void Settle(SettledAttempt attempt);

    /// <summary>Books a difference that was found after an attempt had been settled, or spending from before the budget.</summary>
    void Adjust(SpentRow difference);
}

/// <summary>The state of the budgets can't be had. The message names what, the cause and the fix.</summary>
public sealed class BudgetStateException(string message, Exception? innerException = null) : Exception(message, innerException);
