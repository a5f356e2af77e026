namespace Sluice.Gateway.Levers.SemanticRecall.Embedders;

/// <summary>
/// In how many texts each dimension occurs: a sketch of 64 KB, however many texts it has seen. Beyond a million it halves all
/// counts, so that it follows its traffic. Not thread-safe.
/// </summary>
public sealed class DocumentFrequencies
{
    private const int MaxTexts = 1 << 20;

    private readonly int[] _texts = new int[CharacterFeatures.DimensionCount];

    public int Count { get; private set; }

    public void Add(Embedding embedding)
    {
        if (Count == MaxTexts)
            Halve();
        Count++;
        foreach (var dimension in embedding.Dimensions)
            _texts[dimension]++;
    }

    /// <summary>The weights as of now; they do not change with what is added later.</summary>
    public RarityWeights Freeze() => new(Count, [.. _texts]);

    private void Halve()
    {
        Count /= 2;
        foreach (ref var texts in _texts.AsSpan())
            texts /= 2;
    }
}
