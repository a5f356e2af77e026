using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Guards;
using Sluice.Gateway.Levers.SemanticRecall.Texts;
using Sluice.Lab.Semantics.Training;

namespace Sluice.Lab.Semantics;

/// <summary>
/// What each pair scores by models that learned nothing from it nor from any pair that hangs together with it: rarities,
/// verifier and all.
/// </summary>
public sealed class CrossScores
{
    private CrossScores(int count) => (Cosines, Probabilities, Vetoes) = (new double[count], new double[count], new string?[count]);

    public double[] Cosines { get; }

    /// <summary>The verifier's; empty of meaning where none was trained.</summary>
    public double[] Probabilities { get; }

    /// <summary>The name of the guard that objects, or null.</summary>
    public string?[] Vetoes { get; }

    /// <param name="withVerifier">Training takes seconds for each fold of 50,000 pairs.</param>
    public static CrossScores Of(IReadOnlyList<LabelledPair> pairs, ReadOnlySpan<int> folds, int seed, bool withVerifier)
    {
        var texts = new AnalysedTexts(pairs);
        var foldOf = folds.ToArray();
        var groups = QuestionComponents.Of(pairs);
        var scores = new CrossScores(pairs.Count);
        Parallel.For(0, pairs.Count, i => scores.Vetoes[i] = GuardChain.Check(texts.Wording(pairs[i].A), texts.Wording(pairs[i].B))?.Guard);
        foreach (var fold in foldOf.Distinct().Order())
        {
            var learned = Enumerable.Range(0, pairs.Count).Where(i => foldOf[i] != fold).ToArray();
            var weights = texts.WeightsOf(learned.Select(i => pairs[i]));
            var verifier = withVerifier
                ? VerifierTrainer.Train([.. learned.Select(i => texts.Analyse(pairs[i], weights))], [.. learned.Select(i => groups[i])], seed)
                : null;
            Parallel.For(0, pairs.Count, i =>
            {
                if (foldOf[i] != fold)
                    return;
                var pair = texts.Analyse(pairs[i], weights);
                scores.Cosines[i] = pair.Cosine;
                scores.Probabilities[i] = verifier?.Probability(pair.A, pair.B, pair.Cosine) ?? 0;
            });
        }
        return scores;
    }

    /// <summary>The scores with those that a guard vetoed put out of reach.</summary>
    public double[] Guarded(double[] scores) => [.. scores.Select((s, i) => Vetoes[i] is null ? s : double.NegativeInfinity)];
}

/// <summary>Every text of a set of pairs, taken apart once.</summary>
internal sealed class AnalysedTexts
{
    private readonly Dictionary<string, (Wording Wording, Embedding? Embedding)> _texts;

    public AnalysedTexts(IReadOnlyList<LabelledPair> pairs)
    {
        var texts = pairs.SelectMany(p => new[] { p.A, p.B }).Distinct(StringComparer.Ordinal).ToArray();
        var analysed = new (Wording, Embedding?)[texts.Length];
        Parallel.For(0, texts.Length, i => analysed[i] = (Gateway.Levers.SemanticRecall.Texts.Wording.Of(texts[i]), CharacterFeatures.Of(texts[i])));
        _texts = texts.Index().ToDictionary(t => t.Item, t => analysed[t.Index], StringComparer.Ordinal);
    }

    public Wording Wording(string text) => _texts[text].Wording;

    public Embedding? Embedding(string text) => _texts[text].Embedding;

    public AnalysedPair Analyse(LabelledPair pair, RarityWeights weights)
    {
        var (a, b) = (_texts[pair.A], _texts[pair.B]);
        var cosine = a.Embedding is null || b.Embedding is null ? 0 : weights.Cosine(a.Embedding, b.Embedding);
        return new(a.Wording, b.Wording, cosine, pair.IsDuplicate);
    }

    /// <summary>The rarities of the texts of some pairs, each text once.</summary>
    public RarityWeights WeightsOf(IEnumerable<LabelledPair> pairs)
    {
        var frequencies = new DocumentFrequencies();
        foreach (var text in pairs.SelectMany(p => new[] { p.A, p.B }).Distinct(StringComparer.Ordinal))
        {
            if (_texts[text].Embedding is { } embedding)
                frequencies.Add(embedding);
        }
        return frequencies.Freeze();
    }
}
