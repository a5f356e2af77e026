using Sluice.Gateway.Levers.SemanticRecall.Indexing;

namespace Sluice.Gateway.Levers.SemanticRecall.Embedders;

/// <summary>The embedder that needs no download and no call: hashed runs of characters, weighted by rarity.</summary>
public sealed class HashedEmbedder(RarityWeights weights) : IEmbedder
{
    public RarityWeights Weights => weights;

    public EmbedderIdentity Identity { get; } = new("hashed-characters-3-5", CharacterFeatures.DimensionCount, weights.Version);

    public ValueTask<Embedding?> EmbedAsync(string text, CancellationToken cancellationToken) => ValueTask.FromResult(CharacterFeatures.Of(text));

    public float Cosine(Embedding a, Embedding b) => weights.Cosine(a, b);

    public IVectorIndex CreateIndex() => new SparseIndex(weights);
}
