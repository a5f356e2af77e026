namespace Sluice.Core.Savings;

/// <summary>Calls that were answered twice, with a lever and without, by which of the two answers were good.</summary>
public readonly record struct PairedAnswers(long BothGood, long OnlyTreatedGood, long OnlyBaselineGood, long NeitherGood)
{
    public long Count => Tied + OnlyTreatedGood + OnlyBaselineGood;

    /// <summary>Pairs that say nothing of a difference.</summary>
    public long Tied => BothGood + NeitherGood;

    /// <summary>The share of good answers with the lever, from 0 to 1; null without a pair.</summary>
    public double? TreatedShare => Count == 0 ? null : (double)(BothGood + OnlyTreatedGood) / Count;

    /// <summary>The share of good answers without it, from 0 to 1; null without a pair.</summary>
    public double? BaselineShare => Count == 0 ? null : (double)(BothGood + OnlyBaselineGood) / Count;

    public PairedAnswers With(bool treatedGood, bool baselineGood) => (treatedGood, baselineGood) switch
    {
        (true, true) => this with { BothGood = BothGood + 1 },
        (true, false) => this with { OnlyTreatedGood = OnlyTreatedGood + 1 },
        (false, true) => this with { OnlyBaselineGood = OnlyBaselineGood + 1 },
        _ => this with { NeitherGood = NeitherGood + 1 },
    };
}
