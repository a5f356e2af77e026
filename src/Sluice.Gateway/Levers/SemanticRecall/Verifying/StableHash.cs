namespace Sluice.Gateway.Levers.SemanticRecall.Verifying;

/// <summary>A hash of words that is the same in every process, since trained weights depend on it.</summary>
internal static class StableHash
{
    public static uint Of(ReadOnlySpan<char> text, uint seed = 2166136261u)
    {
        var hash = seed;
        foreach (var c in text)
            hash = unchecked((hash ^ c) * 16777619u);
        return hash;
    }

    /// <summary>The hash as one of a power of two of places.</summary>
    public static int Fold(uint hash, int bits) => (int)(unchecked((hash ^ (hash >> 15)) * 2654435769u) >> (32 - bits));
}
