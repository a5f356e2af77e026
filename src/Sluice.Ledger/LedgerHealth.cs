namespace Sluice.Ledger;

public enum LedgerStatus
{
    Healthy,

    /// <summary>Recording works, but what it has recorded can't be asked for yet, or waits to be written.</summary>
    Degraded,

    /// <summary>Calls are not being recorded.</summary>
    Failed,
}

/// <summary>How the ledger is.</summary>
/// <param name="Message">What is wrong and how to mend it; null where nothing is.</param>
/// <param name="Pending">Final records that wait in memory because they could not be written.</param>
/// <param name="Lost">Final records that were given up since the start: their invocations stay as interrupted.</param>
/// <param name="CorruptLines">Lines of the journal that were passed over as damaged, among those indexed since the start.</param>
public sealed record LedgerHealth(LedgerStatus Status, string? Message, int Pending, long Lost, long CorruptLines);
