using Sluice.Gateway;
using Sluice.Ledger;

namespace Sluice.Hosting;

/// <summary>The ledger's health as numbers that an alarm can watch.</summary>
internal static class LedgerGauges
{
    public static void Watch(GatewayMetrics metrics, LiveLedger ledger)
    {
        metrics.Observe("sluice.ledger.status", "{status}", "0 healthy, 1 degraded, 2 not recording.", () => (double)ledger.Health.Status);
        metrics.Observe("sluice.ledger.pending", "{record}", "Final records that wait because they could not be written.", () => ledger.Health.Pending);
        metrics.ObserveCount("sluice.ledger.lost", "{record}", "Final records given up since the start.", () => ledger.Health.Lost);
        metrics.Observe("sluice.ledger.corrupt_lines", "{line}", "Lines of the journal whose checksum does not fit.", () => ledger.Health.CorruptLines);
    }
}
