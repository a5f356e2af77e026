using Sluice.Gateway.Levers.SemanticRecall.Indexing;

namespace Sluice.Gateway.Levers.SemanticRecall.Embedders;

/// <summary>Turns texts into places, so that texts that mean the same lie close to each other.</summary>
public interface IEmbedder
{
    EmbedderIdentity Identity { get; }

    /// <returns>Null for a text that the embedder can't tell from others like it, such as one that is too long: it is not looked up.</returns>
    ValueTask<Embedding?> EmbedAsync(string text, CancellationToken cancellationToken);

    /// <summary>The cosine of two embeddings of this embedder, from -1 to 1.</summary>
    float Cosine(Embedding a, Embedding b);

    /// <summary>An empty index for this embedder's space.</summary>
    IVectorIndex CreateIndex();
}
