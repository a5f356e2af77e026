using System.Text;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Lab.Routers.Learning;

/// <summary>What a text is to training: its n-grams with their counts, rising by hash, and its dense features.</summary>
internal sealed record TextFeatures((uint Hash, int Count)[] Words, (uint Hash, int Count)[] Pieces, float[] Dense)
{
    /// <param name="text">A prompt or an answer.</param>
    /// <param name="more">Dense features beside the shape.</param>
    public static TextFeatures Of(string text, params ReadOnlySpan<float> more)
    {
        using var grams = PromptGrams.Of(Encoding.UTF8.GetBytes(text));
        return new(Counted(grams.Words), Counted(grams.Pieces), [.. grams.Shape, .. more]);
    }

    public static TextFeatures[] OfAll(string[] texts)
    {
        var features = new TextFeatures[texts.Length];
        Parallel.For(0, texts.Length, i => features[i] = Of(texts[i]));
        return features;
    }

    private static (uint, int)[] Counted(ReadOnlySpan<uint> grams)
    {
        var sorted = grams.ToArray();
        Array.Sort(sorted);
        var counted = new List<(uint, int)>(sorted.Length);
        for (var i = 0; i < sorted.Length;)
        {
            var start = i;
            while (i < sorted.Length && sorted[i] == sorted[start])
                i++;
            counted.Add((sorted[start], i - start));
        }
        return [.. counted];
    }
}
