using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Calibrating;

/// <summary>Finds the threshold that serves most among those whose precision is proven by the labels.</summary>
public static class Calibrator
{
    /// <summary>
    /// Where pairs say nothing of a margin, this is asked for. On questions with many near twins it halved the wrong matches for
    /// a twentieth of the right ones.
    /// </summary>
    public const double DefaultMargin = 0.03;

    private static readonly double[] Margins = [0, 0.01, 0.02, 0.03, 0.05, 0.08];

    /// <summary>From pairs, each by itself.</summary>
    /// <param name="scored">Those that a guard vetoed have the score of negative infinity.</param>
    /// <returns>Null if no threshold's precision is proven: more labels are needed, or the embedder can't reach the target.</returns>
    public static Calibration? FromPairs(EmbedderIdentity embedder, bool isVerified, IReadOnlyList<(double Score, bool IsRight)> scored, double targetPrecision) =>
        Fit(embedder, isVerified, [.. scored.Select(s => new ScoredMatch(s.Score, double.PositiveInfinity, s.IsRight))], targetPrecision, DefaultMargin);

    /// <summary>From matches that a cache made, where more entries make the nearest wrong one come closer; this calibrates the margin too.</summary>
    public static Calibration? FromMatches(EmbedderIdentity embedder, bool isVerified, IReadOnlyList<ScoredMatch> matches, double targetPrecision) => Margins
        .Select(margin => Fit(embedder, isVerified, matches, targetPrecision, margin))
        .Where(c => c is not null)
        .MaxBy(c => c!.Accepted);

    private static Calibration? Fit(EmbedderIdentity embedder, bool isVerified, IReadOnlyList<ScoredMatch> matches, double targetPrecision, double margin)
    {
        var sorted = matches.Where(m => m.Margin >= margin && double.IsFinite(m.Score)).OrderByDescending(m => m.Score).ToList();
        Calibration? best = null;
        var right = 0;
        for (var i = 0; i < sorted.Count; i++)
        {
            right += sorted[i].IsRight ? 1 : 0;
            if (i + 1 < sorted.Count && sorted[i + 1].Score == sorted[i].Score)
                continue;
            var low = WilsonInterval.Of(right, i + 1).Low;
            if (low >= targetPrecision)
                best = new(embedder, isVerified, targetPrecision, low, sorted[i].Score, margin, matches.Count, i + 1);
        }
        return best;
    }
}

/// <param name="Margin">By how much the cosine exceeds that of the nearest entry with another answer.</param>
public readonly record struct ScoredMatch(double Score, double Margin, bool IsRight);
