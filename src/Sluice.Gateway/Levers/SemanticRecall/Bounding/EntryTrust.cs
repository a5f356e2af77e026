namespace Sluice.Gateway.Levers.SemanticRecall.Bounding;

/// <summary>What was seen of one entry: an entry that was wrong once must be met more closely from then on.</summary>
/// <param name="HighestWrong">The highest score at which it was wrong; negative infinity if it never was.</param>
public readonly record struct EntryTrust(int Right, int Wrong, double HighestWrong)
{
    /// <summary>An entry that was wrong so often, and more often than right, is an answer to another question.</summary>
    private const int MaxWrong = 2;

    public static EntryTrust New { get; } = new(0, 0, double.NegativeInfinity);

    public bool Trusts(double score) => score > HighestWrong && (Wrong < MaxWrong || Right > Wrong);

    public EntryTrust With(double score, bool isRight) => isRight
        ? this with { Right = Right + 1 }
        : new(Right, Wrong + 1, Math.Max(HighestWrong, score));
}
