using System.Text;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Tests.Levers.Routing.Classifying;

/// <summary>A small router with made-up weights: the strong model is better at sums, the weak one at nothing.</summary>
internal static class SampleRouter
{
    public const string Sum = "What is 12 + 30? Show each step of the sum.";
    public const string Greeting = "Say hello to the new neighbours in one friendly line.";

    public static RouterWeights Weights()
    {
        var sum = Grams(Sum);
        var greeting = Grams(Greeting);
        var words = sum.Words.Union(greeting.Words).Order().ToArray();
        var pieces = sum.Pieces.Union(greeting.Pieces).Order().ToArray();
        var rows = words.Select(w => Row(sum.Words.Contains(w))).Concat(pieces.Select(p => Row(sum.Pieces.Contains(p)))).SelectMany(r => r).ToArray();
        return new RouterWeights
        {
            Models = ["large", "small"],
            Strong = 0,
            Weak = 1,
            Words = words,
            Pieces = pieces,
            Rows = rows,
            ShapeMeans = [4, 0, 0, 2],
            ShapeDeviations = [1, 1, 1, 1],
            Shapes = new float[10],
            Tasks = ["sums"],
            TaskLogits = [2, -2],
            WithoutTask = [new(0.5f, 1, 0, 0), new(0.5f, 1, 0, 0)],
            WithTask = [new(0, 1, 1, 0), new(0, 1, 1, 0)],
            CurveWithoutTask = new ScoreCurve([0.6f, 0.3f, 0, -0.1f, -0.2f], [0.5f, 0.6f, 0.7f, 0.75f, 0.8f]),
            CurveWithTask = new ScoreCurve([0.8f, 0.4f, 0, -0.1f, -0.2f], [0.5f, 0.6f, 0.7f, 0.75f, 0.8f]),
            MinKnownShare = 0.2f,
            DataDigest = "00",
        };
    }

    public static byte[] File(RouterWeights weights)
    {
        using var stream = new MemoryStream();
        RouterModelFile.Write(stream, weights);
        return stream.ToArray();
    }

    /// <summary>idf, then the weights of the large and the small model.</summary>
    private static float[] Row(bool isOfSums) => isOfSums ? [1.5f, 1, -1] : [1.5f, 0.2f, 0.2f];

    private static (HashSet<uint> Words, HashSet<uint> Pieces) Grams(string text)
    {
        using var grams = PromptGrams.Of(Encoding.UTF8.GetBytes(text));
        return ([.. grams.Words], [.. grams.Pieces]);
    }
}
