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

    private readonly TextHeads _text;
    private readonly FrozenDictionary<string, int> _tasks;

    public RouterModel(RouterWeights weights)
    {
        Weights = weights;
        _text = new TextHeads(weights.Words, weights.Pieces, weights.Rows, weights.ShapeMeans, weights.ShapeDeviations, weights.Shapes);
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
        logits.Clear();
        var (knownShare, length) = _text.Add(promptUtf8, [], logits);

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
}
