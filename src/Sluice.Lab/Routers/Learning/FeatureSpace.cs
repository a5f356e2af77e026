using System.Runtime.InteropServices;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Lab.Routers.Learning;

/// <summary>The features that a set of training texts gives rise to: their n-grams with idf, and the mean and spread of the dense ones.</summary>
internal sealed class FeatureSpace
{
    private readonly Vocabulary _words;
    private readonly Vocabulary _pieces;
    private readonly int[] _pieceCounts;
    private readonly int _lines;

    /// <param name="texts">All texts.</param>
    /// <param name="training">Which of them are known; of the others nothing is looked at.</param>
    public FeatureSpace(TextFeatures[] texts, ReadOnlySpan<int> training)
    {
        (WordHashes, WordCounts) = Frequent(texts, training, t => t.Words, FeatureSpec.MinWordPrompts);
        (PieceHashes, _pieceCounts) = Frequent(texts, training, t => t.Pieces, FeatureSpec.MinPiecePrompts);
        _lines = training.Length;
        _words = new Vocabulary(WordHashes);
        _pieces = new Vocabulary(PieceHashes);
        Idf = new float[WordHashes.Length + PieceHashes.Length];
        for (var i = 0; i < WordCounts.Length; i++)
            Idf[i] = TermWeights.Idf(training.Length, WordCounts[i]);
        for (var i = 0; i < _pieceCounts.Length; i++)
            Idf[WordCounts.Length + i] = TermWeights.Idf(training.Length, _pieceCounts[i]);
        (Means, Deviations) = Spread(texts, training);
    }

    public uint[] WordHashes { get; }

    /// <summary>In how many training texts each word stands.</summary>
    public int[] WordCounts { get; }

    public uint[] PieceHashes { get; }

    public float[] Idf { get; }

    public float[] Means { get; }

    public float[] Deviations { get; }

    /// <summary>N-grams, then dense features, then the constant.</summary>
    public int Width => Idf.Length + Means.Length + 1;

    /// <summary>The rows as the final weights are trained on them.</summary>
    public SparseRows Rows(TextFeatures[] texts, ReadOnlySpan<int> lines) => Rows(texts, lines, leftOut: 0);

    /// <summary>
    /// Rows of training lines as each would look had it not been trained on: n-grams that are known for its own sake alone are
    /// not, and the rest are as rare as the other lines say. A new text is seen like this, so shares are taken from these rows:
    /// by the trained ones, whose vector has more parts, scores lie closer together than they will, and 90 % asked for gave 88.8.
    /// </summary>
    public SparseRows RowsAsNew(TextFeatures[] texts, ReadOnlySpan<int> lines) => Rows(texts, lines, leftOut: 1);

    private SparseRows Rows(TextFeatures[] texts, ReadOnlySpan<int> lines, int leftOut)
    {
        var rows = new SparseRows(Width);
        foreach (var line in lines)
        {
            AddGrams(rows, texts[line].Words, _words, WordCounts, FeatureSpec.MinWordPrompts, leftOut, 0, 1);
            AddGrams(rows, texts[line].Pieces, _pieces, _pieceCounts, FeatureSpec.MinPiecePrompts, leftOut, WordHashes.Length, FeatureSpec.PieceWeight);
            for (var i = 0; i < Means.Length; i++)
                rows.Add(Idf.Length + i, TermWeights.Standardised(texts[line].Dense[i], Means[i], Deviations[i]) * FeatureSpec.ShapeWeight);
            rows.Add(Width - 1, 1);
            rows.EndRow();
        }
        return rows;
    }

    /// <summary>The share of a training text's words and pairs that would be known had the text itself not been trained on.</summary>
    public double KnownShareWithout(TextFeatures text)
    {
        var (known, all) = (0, 0);
        foreach (var (hash, count) in text.Words)
        {
            all += count;
            if (_words.Find(hash) is var number and >= 0 && WordCounts[number] > FeatureSpec.MinWordPrompts)
                known += count;
        }
        return all == 0 ? 0 : (double)known / all;
    }

    private void AddGrams(SparseRows rows, (uint Hash, int Count)[] grams, Vocabulary vocabulary, int[] texts, int atLeast, int leftOut, int firstColumn, float weight)
    {
        var start = rows.Length;
        double squares = 0;
        foreach (var (hash, count) in grams)
        {
            var number = vocabulary.Find(hash);
            if (number < 0 || texts[number] - leftOut < atLeast)
                continue;
            var value = TermWeights.Of(count) * (leftOut == 0 ? Idf[firstColumn + number] : TermWeights.Idf(_lines - leftOut, texts[number] - leftOut));
            squares += value * value;
            rows.Add(firstColumn + number, value);
        }
        if (squares > 0)
            rows.Scale(start, (float)(weight / Math.Sqrt(squares)));
    }

    private static (uint[] Hashes, int[] Counts) Frequent(TextFeatures[] texts, ReadOnlySpan<int> training, Func<TextFeatures, (uint Hash, int Count)[]> grams, int atLeast)
    {
        var counts = new Dictionary<uint, int>();
        foreach (var line in training)
        {
            foreach (var (hash, _) in grams(texts[line]))
                CollectionsMarshal.GetValueRefOrAddDefault(counts, hash, out _)++;
        }
        var frequent = counts.Where(c => c.Value >= atLeast).OrderBy(c => c.Key).ToArray();
        return ([.. frequent.Select(c => c.Key)], [.. frequent.Select(c => c.Value)]);
    }

    private static (float[] Means, float[] Deviations) Spread(TextFeatures[] texts, ReadOnlySpan<int> training)
    {
        var width = texts[0].Dense.Length;
        var (means, deviations) = (new float[width], new float[width]);
        for (var i = 0; i < width; i++)
        {
            double sum = 0, squares = 0;
            foreach (var line in training)
                sum += texts[line].Dense[i];
            var mean = sum / training.Length;
            foreach (var line in training)
                squares += Math.Pow(texts[line].Dense[i] - mean, 2);
            means[i] = (float)mean;
            // A feature that never varies is left at 0 by any finite spread.
            deviations[i] = (float)Math.Max(Math.Sqrt(squares / training.Length), 1e-6);
        }
        return (means, deviations);
    }
}
