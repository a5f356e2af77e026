using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>What one memory has come to.</summary>
/// <param name="IsCalibrated">Without, nothing is served.</param>
/// <param name="Bytes">Of questions and answers.</param>
public sealed record SemanticReport(SemanticRecallOptions Options, EmbedderIdentity Embedder, bool IsCalibrated, int Entries, long Bytes, IReadOnlyList<TenantMeasure> Tenants);
