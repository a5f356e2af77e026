using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Guards;
using Sluice.Gateway.Levers.SemanticRecall.Indexing;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Lab.Semantics.Training;

/// <summary>Calibrates an embedder that learns nothing from the pairs, such as a model on Bedrock: each of their texts is embedded once.</summary>
public static class EmbedderCalibration
{
    /// <summary>Calls that are under way at once.</summary>
    private const int Concurrency = 4;

    /// <returns>A model whose calibration is null if no threshold's precision is proven. Pairs of which a text can't be embedded count for nothing.</returns>
    public static async Task<SemanticModel> RunAsync(IReadOnlyList<LabelledPair> pairs, IEmbedder embedder, double targetPrecision, CancellationToken cancellationToken)
    {
        string[] texts = [.. pairs.SelectMany(p => new[] { p.A, p.B }).Distinct(StringComparer.Ordinal)];
        var embeddings = new Embedding?[texts.Length];
        await Parallel.ForAsync(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken }, async (i, token) =>
            embeddings[i] = await embedder.EmbedAsync(texts[i], token));
        var byText = texts.Zip(embeddings).ToDictionary(t => t.First, t => t.Second, StringComparer.Ordinal);
        var index = embedder.CreateIndex();
        var scored = new List<(double Score, bool IsRight)>();
        foreach (var pair in pairs)
        {
            if (byText[pair.A] is not { } a || byText[pair.B] is not { } b)
                continue;
            var isVetoed = GuardChain.Check(Wording.Of(pair.A), Wording.Of(pair.B)) is not null;
            scored.Add((isVetoed ? double.NegativeInfinity : CosineOf(index, a, b), pair.IsDuplicate));
        }
        return SemanticModel.Untrained with { Calibration = Calibrator.FromPairs(embedder.Identity, isVerified: false, scored, targetPrecision) };
    }

    /// <summary>As a search finds it: an index may round what it keeps, and the threshold has to fit that.</summary>
    private static float CosineOf(IVectorIndex index, Embedding stored, Embedding asked)
    {
        Span<Neighbour> nearest = stackalloc Neighbour[1];
        index.Add(0, stored);
        return index.Search(asked, -1, nearest).Found == 1 ? nearest[0].Cosine : -1;
    }
}
