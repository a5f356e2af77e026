using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Verifying;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>What <c>sluice semantic train</c> made of labelled pairs; without a calibration that fits its embedder nothing is served.</summary>
/// <param name="Weights">Those of the hashed embedder.</param>
/// <param name="Verifier">Null where the cosine alone decides.</param>
/// <param name="Calibration">Null where no threshold's precision could be proven.</param>
public sealed record SemanticModel(RarityWeights Weights, Verifier? Verifier, Calibration? Calibration)
{
    /// <summary>What there is before anything was trained: no rarity, no verifier, nothing served.</summary>
    public static SemanticModel Untrained { get; } = new(RarityWeights.Unweighted, null, null);
}
