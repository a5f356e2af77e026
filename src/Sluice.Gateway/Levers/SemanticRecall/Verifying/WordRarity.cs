using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Verifying;

/// <summary>How much a word says, by how few texts have it; hashed like the features of the embedder, and learned from the same texts.</summary>
public sealed class WordRarity
{
    public const int Bits = 14;

    private readonly float[] _weights;

    public WordRarity(int texts, int[] textsWith)
    {
        if (textsWith.Length != 1 << Bits)
            throw new ArgumentException($"There are {textsWith.Length} frequencies and should be {1 << Bits}; train the model again.", nameof(textsWith));
        (Texts, TextsWith) = (texts, textsWith);
        _weights = [.. textsWith.Select(n => MathF.Log((1f + texts) / (1f + Math.Min(n, texts))) + 1)];
    }

    public int Texts { get; }

    public int[] TextsWith { get; }

    public float this[string stem] => _weights[StableHash.Fold(StableHash.Of(stem), Bits)];

    public static WordRarity Of(IEnumerable<Wording> texts)
    {
        var counts = new int[1 << Bits];
        var count = 0;
        foreach (var text in texts)
        {
            count++;
            foreach (var place in text.Stems.Select(s => StableHash.Fold(StableHash.Of(s), Bits)).Distinct())
                counts[place]++;
        }
        return new(count, counts);
    }
}
