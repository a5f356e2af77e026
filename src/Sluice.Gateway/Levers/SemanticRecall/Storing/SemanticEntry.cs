using Sluice.Core;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Storing;

/// <summary>A stored question, to be kept over a restart. Its text is as secret as any prompt.</summary>
/// <param name="AnswerId">What its answer is called where answers lie; entries of one answer do not compete.</param>
/// <param name="Saving">What one hit saves, for the order of eviction.</param>
public sealed record SemanticEntry(PartitionKey Partition, string Text, Embedding Embedding, string AnswerId, Money Saving, int Hits, EntryTrust Trust);
