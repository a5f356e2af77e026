using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Lab.Semantics.Training;

/// <summary>Makes a model of labelled pairs: rarities and verifier from all of them, the threshold from scores that were made without the pair scored.</summary>
public static class SemanticTrainer
{
    /// <exception cref="ArgumentException">All pairs are of one kind, so there is nothing to learn.</exception>
    public static SemanticModel Train(IReadOnlyList<LabelledPair> pairs, int folds, int seed, double targetPrecision, bool withVerifier)
    {
        if (pairs.All(p => p.IsDuplicate) || !pairs.Any(p => p.IsDuplicate))
            throw new ArgumentException("The pairs are all of one kind; it takes some with `dup` 1 and some with 0.", nameof(pairs));
        var scores = CrossScores.Of(pairs, QuestionComponents.Folds(pairs, folds, seed), seed, withVerifier);
        var texts = new AnalysedTexts(pairs);
        var weights = texts.WeightsOf(pairs);
        var verifier = withVerifier ? VerifierTrainer.Train([.. pairs.Select(p => texts.Analyse(p, weights))], QuestionComponents.Of(pairs), seed) : null;
        var guarded = scores.Guarded(withVerifier ? scores.Probabilities : scores.Cosines);
        var calibration = Calibrator.FromPairs(new HashedEmbedder(weights).Identity, withVerifier, [.. guarded.Select((s, i) => (s, pairs[i].IsDuplicate))], targetPrecision);
        return new(weights, verifier, calibration);
    }
}
