namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>
/// Linear models over the same n-grams and dense features of a text, one head each. It is immutable and may be used by any
/// number of threads.
/// </summary>
/// <param name="words">Hashes of words and pairs of words, rising.</param>
/// <param name="pieces">Hashes of pieces, rising.</param>
/// <param name="rows">For each word, then for each piece: its idf and a weight for each head.</param>
/// <param name="means">Of the dense features, the shape first.</param>
/// <param name="deviations">Of the same.</param>
/// <param name="dense">For each head: its constant, then a weight for each dense feature.</param>
internal sealed class TextHeads(uint[] words, uint[] pieces, float[] rows, float[] means, float[] deviations, float[] dense)
{
    private readonly Vocabulary _words = new(words);
    private readonly Vocabulary _pieces = new(pieces);

    /// <summary>Adds each head's log-odds, without allocating anything but rented buffers.</summary>
    /// <param name="textUtf8">The text.</param>
    /// <param name="more">Dense features beside the shape.</param>
    /// <param name="logits">One for each head, 0 before.</param>
    /// <returns>The share of the words and pairs that are known, and the standardised length.</returns>
    public (double KnownShare, float Length) Add(ReadOnlySpan<byte> textUtf8, ReadOnlySpan<float> more, Span<double> logits)
    {
        var grams = PromptGrams.Of(textUtf8);
        var knownShare = AddGrams(grams.Words, _words, 0, 1, logits);
        AddGrams(grams.Pieces, _pieces, _words.Count, FeatureSpec.PieceWeight, logits);
        Span<float> standard = stackalloc float[means.Length];
        for (var i = 0; i < standard.Length; i++)
            standard[i] = TermWeights.Standardised(i < FeatureSpec.ShapeCount ? grams.Shape[i] : more[i - FeatureSpec.ShapeCount], means[i], deviations[i]);
        grams.Dispose();
        for (var head = 0; head < logits.Length; head++)
        {
            var weights = dense.AsSpan(head * (1 + standard.Length), 1 + standard.Length);
            logits[head] += weights[0];
            for (var i = 0; i < standard.Length; i++)
                logits[head] += weights[i + 1] * standard[i] * FeatureSpec.ShapeWeight;
        }
        return (knownShare, standard[0]);
    }

    private double AddGrams(ReadOnlySpan<uint> grams, Vocabulary vocabulary, int firstRow, double weight, Span<double> logits)
    {
        using var counts = GramCounts.Of(grams, vocabulary);
        Span<double> sums = stackalloc double[logits.Length];
        sums.Clear();
        double squares = 0;
        var stride = logits.Length + 1;
        for (var i = 0; i < counts.Distinct; i++)
        {
            var (number, count) = counts[i];
            var row = rows.AsSpan((firstRow + number) * stride, stride);
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
}
