using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Output;

namespace Sluice.Commands.Ledger;

/// <summary>Calls whose replies reported a usage that can't be true. They are booked as reported; the bill shows what holds.</summary>
internal static class SuspectCalls
{
    private const int Shown = 100;

    /// <summary>Writes nothing if there is none.</summary>
    public static void Write(TextWriter output, IEnumerable<InvocationRecord> records)
    {
        var listing = new Listing("invocation_id", "started_at", "model", "usage_suspect", "cost_usd");
        long found = 0;
        foreach (var record in records.Where(r => r.UsageSuspect is not null))
        {
            if (++found <= Shown)
                listing.Add(record.InvocationId, record.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"), record.ServedModel ?? record.RequestedModel, record.UsageSuspect, (Money?)record.Cost);
        }
        if (found == 0)
            return;
        output.WriteLine($"{Counted.Of(found, "call")} reported a usage that contradicts itself and {Counted.Word(found, "is", "are")} booked as reported; sluice reconcile compares {Counted.Word(found, "it", "them")} with the bill:");
        listing.Write(output, OutputFormat.Table, wide: true);
        if (found > Shown)
            output.WriteLine($"These are the first {Shown}; all of them: sluice ledger export | jq 'select(.usage_suspect != null)'");
    }
}
