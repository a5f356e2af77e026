using System.Text;
using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Gateway.Tests.Levers.Routing.Classifying;

namespace Sluice.Gateway.Tests.Levers.Cascading.Scoring;

/// <summary>A small scorer with made-up weights: it likes one answer and dislikes another, whatever was asked.</summary>
internal static class SampleScorer
{
    public const string Good = "The total is forty-two, as the table shows.";
    public const string Bad = "Perhaps it might be something else entirely.";

    public static ScorerWeights Weights()
    {
        var (good, bad) = (Words(Good), Words(Bad));
        var words = good.Union(bad).Order().ToArray();
        const int dense = FeatureSpec.ShapeCount + AnswerFeatures.Count;
        return new ScorerWeights
        {
            Router = Router(),
            Words = words,
            Pieces = [],
            Rows = [.. words.SelectMany(w => (float[])[1, good.Contains(w) ? 1 : -1])],
            Means = new float[dense],
            Deviations = [.. Enumerable.Repeat(1f, dense)],
            Dense = new float[1 + dense],
            WeakChance = [0, 1, 0, 0],
            StrongChance = [2, 0, 0, 0],
            // The strong model's expected score is 0.88; the gain is from about -0.1 for what it likes to 0.8 for what it does not.
            Curve = new ScoreCurve([0.9f, 0.5f, 0.2f, 0, -0.1f], [0.5f, 0.6f, 0.7f, 0.75f, 0.8f]),
            MinKnownShare = 0.2f,
        };
    }

    public static byte[] File(ScorerWeights weights)
    {
        using var stream = new MemoryStream();
        ScorerFile.Write(stream, weights);
        return stream.ToArray();
    }

    /// <summary>It knows every prompt.</summary>
    private static RouterWeights Router()
    {
        var weights = SampleRouter.Weights();
        return new RouterWeights
        {
            Models = weights.Models,
            Strong = weights.Strong,
            Weak = weights.Weak,
            Words = weights.Words,
            Pieces = weights.Pieces,
            Rows = weights.Rows,
            ShapeMeans = weights.ShapeMeans,
            ShapeDeviations = weights.ShapeDeviations,
            Shapes = weights.Shapes,
            Tasks = weights.Tasks,
            TaskLogits = weights.TaskLogits,
            WithoutTask = weights.WithoutTask,
            WithTask = weights.WithTask,
            CurveWithoutTask = weights.CurveWithoutTask,
            CurveWithTask = weights.CurveWithTask,
            MinKnownShare = 0,
            DataDigest = weights.DataDigest,
        };
    }

    private static HashSet<uint> Words(string text)
    {
        using var grams = PromptGrams.Of(Encoding.UTF8.GetBytes(text));
        return [.. grams.Words];
    }
}
