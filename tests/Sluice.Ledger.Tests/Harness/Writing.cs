using System.Text;
using Sluice.Core.Invocations;

namespace Sluice.Ledger.Tests.Harness;

internal static class Writing
{
    public static void Write(this LiveLedger ledger, IEnumerable<InvocationRecord> records)
    {
        foreach (var record in records)
        {
            ledger.Open(record.AsIntent());
            ledger.Close(record);
        }
    }

    /// <summary>The record as it stood before its request left.</summary>
    public static InvocationRecord AsIntent(this InvocationRecord record) => record with
    {
        Outcome = Outcome.Interrupted,
        Usage = null,
        Cost = null,
        CostByKind = record.CostByKind.Clear(),
        Baseline = null,
        Attempts = [],
    };

    /// <summary>Records by their text, since collections within them compare by reference; in the order of their ids.</summary>
    public static IEnumerable<string> Texts(this IEnumerable<InvocationRecord> records) =>
        records.OrderBy(r => r.InvocationId, StringComparer.Ordinal).Select(r => Encoding.UTF8.GetString(InvocationJson.ToUtf8(r)));
}
