using System.Collections.Frozen;

namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>
/// A trained router. It reads a prompt's text and its task, if there is one, and says how well each model is expected to answer.
/// It is immutable and may be used by any number of threads.
/// </summary>
public sealed class RouterModel
{
    /// <summary>More would not fit the stack frame that keeps scoring free of allocation, and no route has so many tiers.</summary>
    public const int MaxModels = 32;

    private readonly Vocabulary _words;
    private readonly Vocabulary _pieces;
    private readonly FrozenDictionary<string, int> _tasks;

    public RouterModel(RouterWeights weights)
    {
        Weights = weights;
        _words = new Vocabulary(weights.Words);
        _pieces = new Vocabulary(weights.Pieces);
        _tasks = weights.Tasks.Index().ToFrozenDictionary(t => t.Item, t => t.Index, StringComparer.Ordinal);
    }

    public IReadOnlyList<string> Models => Weights.Models;

    public string Strong => Weights.Models[Weights.Strong];

    public string Weak => Weights.Models[Weights.Weak];

    public RouterWeights Weights { get; }

    /// <summary>Reads a model file whole.</summary>
    /// <exception cref="RouterModelException">It is no model file, is damaged, or was trained with other features than this code makes.</exception>
    public static RouterModel Load(Stream stream) => new(RouterModelFile.Read(stream));

    /// <summary>Scores a prompt without allocating anything but rented buffers.</summary>
    /// <param name="promptUtf8">The text that the caller sends, of all messages in order.</param>
    /// <param name="task">The call's task tag; null or one that training did not see is no task.</param>
    public RouterScore Score(ReadOnlySpan<byte> promptUtf8, string? task)
    {
        Span<double> qualities = stackalloc double[Weights.Models.Length];
        var isKnown = Score(promptUtf8, task, qualities);
        var gain = qualities[Weights.Strong] - qualities[Weights.Weak];
        return new(gain, Curve(task).ShareAbove(gain), isKnown);
    }

    /// <summary>Scores a prompt for every model, for routes with more than two.</summary>
    /// <param name="promptUtf8">The text that the caller sends.</param>
    /// <param name="task">The call's task tag, or null.</param>
    /// <param name="qualities">Receives the expected score from 0 to 1 of each of <see cref="Models"/>.</param>
    /// <returns>False where too little of the prompt is known; see <see cref="RouterScore.IsKnown"/>.</returns>
    public bool Score(ReadOnlySpan<byte> promptUtf8, string? task, Span<double> qualities)
    {
        var heads = Weights.Models.Length;
        Span<double> logits = stackalloc double[heads];
        var grams = PromptGrams.Of(promptUtf8);
        var knownShare = AddGrams(grams.Words, _words, 0, 1, logits);
        AddGrams(grams.Pieces, _pieces, _words.Count, FeatureSpec.PieceWeight, logits);
        var length = AddShape(grams.Shape, logits);
        grams.Dispose();

        var hasTask = task is not null && _tasks.TryGetValue(task, out _);
        var taskLogits = hasTask ? Weights.TaskLogits.AsSpan(_tasks[task!] * heads, heads) : default;
        for (var head = 0; head < heads; head++)
        {
            qualities[head] = hasTask
                ? Weights.WithTask[head].Probability(logits[head], taskLogits[head], length)
                : Weights.WithoutTask[head].Probability(logits[head], 0, length);
        }
        return knownShare >= Weights.MinKnownShare;
    }

    /// <summary>The smallest share of strong calls that held the quality floor in training, with 95 % confidence; null if none did.</summary>
    /// <param name="floor">The mean score, from 0 to 1.</param>
    /// <param name="withTasks">Whether calls say their task.</param>
    public double? ShareForQuality(double floor, bool withTasks) => (withTasks ? Weights.CurveWithTask : Weights.CurveWithoutTask).ShareForQuality(floor);

    private ScoreCurve Curve(string? task) => task is not null && _tasks.ContainsKey(task) ? Weights.CurveWithTask : Weights.CurveWithoutTask;

    private double AddGrams(ReadOnlySpan<uint> grams, Vocabulary vocabulary, int firstRow, double weight, Span<double> logits)
    {
        using var counts = GramCounts.Of(grams, vocabulary);
        Span<double> sums = stackalloc double[logits.Length];
        sums.Clear();
        double squares = 0;
        var stride = Weights.Stride;
        for (var i = 0; i < counts.Distinct; i++)
        {
            var (number, count) = counts[i];
            var row = Weights.Rows.AsSpan((firstRow + number) * stride, stride);
            var value = TermWeights.Of(count) * row[0];
            squares += value * value;
            for (var head = 0; head < sums.Length; head++)
                sums[head] += value * row[head + 1];
        }
        if (squares > 0)
        {
            var scale = weight / Math.Sqrt(squares);
            for (var head = 0; head < sums.Length; head++)
                logits[head] += scale * sums[head];
        }
        return counts.KnownShare;
    }

    /// <summary>Adds the constant and the shape, and returns the standardised length.</summary>
    private float AddShape(ReadOnlySpan<float> shape, Span<double> logits)
    {
        Span<float> standard = stackalloc float[FeatureSpec.ShapeCount];
        for (var i = 0; i < standard.Length; i++)
            standard[i] = TermWeights.Standardised(shape[i], Weights.ShapeMeans[i], Weights.ShapeDeviations[i]);
        for (var head = 0; head < logits.Length; head++)
        {
            var weights = Weights.Shapes.AsSpan(head * (1 + standard.Length), 1 + standard.Length);
            logits[head] += weights[0];
            for (var i = 0; i < standard.Length; i++)
                logits[head] += weights[i + 1] * standard[i] * FeatureSpec.ShapeWeight;
        }
        return standard[0];
    }
}
