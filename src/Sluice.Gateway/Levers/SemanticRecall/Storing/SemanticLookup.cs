using Sluice.Gateway.Levers.SemanticRecall.Bounding;

namespace Sluice.Gateway.Levers.SemanticRecall.Storing;

/// <summary>What a look-up found and what is to be done.</summary>
/// <param name="Match">The nearest that no guard vetoed; null where nothing lay near.</param>
/// <param name="Why">In words for a decision; it repeats nothing of the texts.</param>
public sealed record SemanticLookup(BoundDecision Decision, SemanticMatch? Match, string Why)
{
    public bool IsHit => Decision == BoundDecision.Serve;

    internal static SemanticLookup Nothing(string why) => new(BoundDecision.Ask, null, why);
}

/// <param name="EntryId">For feedback; an entry that was evicted since is passed over.</param>
/// <param name="Score">The verifier's probability, or the cosine without one.</param>
/// <param name="Margin">By how much the cosine exceeds that of the nearest entry with another answer.</param>
/// <param name="IsExact">No nearer entry can have been missed.</param>
public sealed record SemanticMatch(PartitionKey Partition, long EntryId, string AnswerId, double Score, float Cosine, float Margin, bool IsExact);
