using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Verifying;

/// <summary>The second look at a pair that lies close: how probable it is that one answer fits both. Trained from labelled pairs.</summary>
public sealed class Verifier(WordRarity rarity, LinearModel differences, BoostedTrees trees)
{
    public WordRarity Rarity => rarity;

    public LinearModel Differences => differences;

    public BoostedTrees Trees => trees;

    /// <returns>From 0 to 1.</returns>
    public double Probability(Wording a, Wording b, float cosine)
    {
        var difference = differences.Score(PairDifference.FeaturesOf(a, b));
        return 1 / (1 + Math.Exp(-trees.Score(PairFeatures.Of(a, b, cosine, difference, rarity))));
    }
}
