using Sluice.Core;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;

namespace Sluice.Gateway.Levers.SemanticRecall.Storing;

/// <summary>An entry in memory.</summary>
internal sealed class StoredQuestion(long id, int slot, SemanticEntry entry)
{
    public long Id => id;

    public int Slot => slot;

    public PartitionKey Partition { get; } = entry.Partition;

    public string Text { get; } = entry.Text;

    public string AnswerId { get; } = entry.AnswerId;

    public Money Saving { get; } = entry.Saving;

    public int Hits { get; set; } = entry.Hits;

    public EntryTrust Trust { get; set; } = entry.Trust;

    /// <summary>In the order of eviction, which of its places there is the valid one.</summary>
    public double Priority { get; set; }

    /// <summary>About what it takes besides its vector.</summary>
    public long Bytes { get; } = (entry.Text.Length * 2L) + (entry.AnswerId.Length * 2L) + 360;
}
