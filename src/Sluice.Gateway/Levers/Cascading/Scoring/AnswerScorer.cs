using System.Buffers;
using System.Text;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Levers.Cascading.Scoring;

/// <summary>
/// Tells from a cheap model's answer whether it is right, and from the prompt and the answer what the strong model would make of
/// it. It is immutable and may be used by any number of threads.
/// </summary>
public sealed class AnswerScorer(ScorerWeights weights)
{
    private readonly RouterModel _router = new(weights.Router);
    private readonly TextHeads _answers = new(weights.Words, weights.Pieces, weights.Rows, weights.Means, weights.Deviations, weights.Dense);

    public ScorerWeights Weights => weights;

    /// <summary>The model that it was trained to read the answers of.</summary>
    public string Weak => _router.Weak;

    public string Strong => _router.Strong;

    /// <summary>Reads a scorer's file whole.</summary>
    /// <exception cref="RouterModelException">It is no such file, is damaged, or was trained with other features than this code makes.</exception>
    public static AnswerScorer Load(Stream stream) => new(ScorerFile.Read(stream));

    /// <param name="prompt">What the caller's user said.</param>
    /// <param name="task">The call's task tag, or null.</param>
    /// <param name="answer">What the weak model answered.</param>
    public AnswerScore Score(string prompt, string? task, string answer)
    {
        Span<double> qualities = stackalloc double[2];
        var isKnown = true;
        using (var text = new Utf8Text(prompt))
            isKnown = _router.Score(text.Bytes, task, qualities);
        var (strong, weak) = (qualities[weights.Router.Strong], qualities[weights.Router.Weak]);

        Span<double> logit = stackalloc double[1];
        logit.Clear();
        using (var text = new Utf8Text(answer))
            isKnown &= _answers.Add(text.Bytes, AnswerFeatures.Of(prompt, answer), logit).KnownShare >= weights.MinKnownShare;
        ReadOnlySpan<double> features = [logit[0], Logistic.Logit(strong), Logistic.Logit(weak)];
        var (weakChance, strongChance) = (Logistic.Chance(weights.WeakChance, features), Logistic.Chance(weights.StrongChance, features));
        return new AnswerScore(weakChance, strongChance, strong - weak, weights.Curve.ShareAbove(strongChance - weakChance), isKnown);
    }

    /// <summary>A text's bytes in a rented buffer, no more of them than features are made of.</summary>
    private readonly ref struct Utf8Text : IDisposable
    {
        private readonly byte[] _buffer;
        private readonly int _length;

        public Utf8Text(string text)
        {
            // A character takes a byte at least, so no more of them can count.
            var counted = text.AsSpan(0, Math.Min(text.Length, FeatureSpec.MaxBytes));
            _buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(counted.Length));
            _length = Encoding.UTF8.GetBytes(counted, _buffer);
        }

        public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}
