using Sluice.Gateway.Levers.SemanticRecall.Texts;
using Sluice.Gateway.Levers.SemanticRecall.Verifying;

namespace Sluice.Lab.Semantics.Training;

/// <summary>
/// Trains a <see cref="Verifier"/>. The trees see the score of the linear model, which would be far too good for pairs that it
/// learned from, so each third of the pairs is scored by a model of the other two.
/// </summary>
internal static class VerifierTrainer
{
    private const int InnerFolds = 3;

    /// <param name="groups">Pairs of one group stay together.</param>
    public static Verifier Train(IReadOnlyList<AnalysedPair> pairs, ReadOnlySpan<int> groups, int seed)
    {
        var labels = pairs.Select(p => p.IsDuplicate).ToArray();
        var rarity = WordRarity.Of(pairs.SelectMany(p => new[] { p.A, p.B }));
        var differences = new int[pairs.Count][];
        Parallel.For(0, pairs.Count, i => differences[i] = PairDifference.FeaturesOf(pairs[i].A, pairs[i].B));
        var folds = new int[pairs.Count];
        for (var i = 0; i < folds.Length; i++)
            folds[i] = new Random(unchecked((groups[i] * 31) + seed)).Next(InnerFolds);
        var held = new float[pairs.Count];
        Parallel.For(0, InnerFolds, fold =>
        {
            var model = LinearModelTrainer.Train(differences, labels, [.. Enumerable.Range(0, folds.Length).Where(i => folds[i] != fold)], seed);
            for (var i = 0; i < folds.Length; i++)
            {
                if (folds[i] == fold)
                    held[i] = model.Score(differences[i]);
            }
        });
        var rows = new float[pairs.Count][];
        Parallel.For(0, pairs.Count, i => rows[i] = PairFeatures.Of(pairs[i].A, pairs[i].B, pairs[i].Cosine, held[i], rarity));
        var whole = LinearModelTrainer.Train(differences, labels, [.. Enumerable.Range(0, folds.Length)], seed);
        return new(rarity, whole, BoostedTreesTrainer.Train(rows, labels));
    }
}

/// <param name="Cosine">By the embedder that the verifier will stand behind.</param>
internal sealed record AnalysedPair(Wording A, Wording B, float Cosine, bool IsDuplicate);
