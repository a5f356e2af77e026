using System.Buffers;

namespace Sluice.Gateway.Levers.SemanticRecall.Embedders;

/// <summary>
/// Counts runs of 3 to 5 characters within words, each with its punctuation and a blank on either side, hashed into 16,384 dimensions. Of the
/// embedders that need no download this one told duplicate questions apart best; fewer dimensions, or none of the rarity
/// weights, cost one to two points of AUC, and so does leaving punctuation out.
/// </summary>
public static class CharacterFeatures
{
    public const int DimensionCount = 1 << 14;

    /// <summary>A longer text is not embedded: what two long texts differ in is lost among what they share.</summary>
    public const int MaxCharacters = 8192;

    private const int Shortest = 3;
    private const int Longest = 5;

    /// <returns>Null for a text that is longer than <see cref="MaxCharacters"/> or is blank.</returns>
    public static Embedding? Of(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxCharacters)
            return null;
        var features = ArrayPool<ushort>.Shared.Rent((text.Length + 2) * 3);
        var word = ArrayPool<char>.Shared.Rent(text.Length + 2);
        try
        {
            var count = 0;
            for (var start = 0; start < text.Length;)
            {
                if (char.IsWhiteSpace(text[start]))
                {
                    start++;
                    continue;
                }
                var length = 1;
                word[0] = ' ';
                while (start < text.Length && !char.IsWhiteSpace(text[start]))
                    word[length++] = char.ToLowerInvariant(text[start++]);
                word[length++] = ' ';
                count = AddRuns(word.AsSpan(0, length), features, count);
            }
            return count == 0 ? null : Counted(features.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(features);
            ArrayPool<char>.Shared.Return(word);
        }
    }

    private static int AddRuns(ReadOnlySpan<char> word, ushort[] features, int count)
    {
        for (var start = 0; start + Shortest <= word.Length; start++)
        {
            // FNV-1a, carried on from each run to the next longer one.
            var hash = 2166136261u;
            var end = Math.Min(start + Longest, word.Length);
            for (var i = start; i < end; i++)
            {
                hash = unchecked((hash ^ word[i]) * 16777619u);
                if (i - start + 1 >= Shortest)
                    features[count++] = Fold(hash);
            }
        }
        return count;
    }

    /// <summary>The high bits of FNV are the well mixed ones.</summary>
    private static ushort Fold(uint hash) => (ushort)(unchecked((hash ^ (hash >> 15)) * 2654435769u) >> 18);

    private static Embedding Counted(Span<ushort> features)
    {
        features.Sort();
        var distinct = 1;
        for (var i = 1; i < features.Length; i++)
        {
            if (features[i] != features[i - 1])
                distinct++;
        }
        var dimensions = new ushort[distinct];
        var counts = new byte[distinct];
        var last = -1;
        for (var i = 0; i < features.Length; i++)
        {
            if (i == 0 || features[i] != features[i - 1])
                dimensions[++last] = features[i];
            counts[last] = (byte)Math.Min(counts[last] + 1, byte.MaxValue);
        }
        return Embedding.Sparse(dimensions, counts);
    }
}
