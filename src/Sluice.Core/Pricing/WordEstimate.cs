namespace Sluice.Core.Pricing;

/// <summary>A rule of thumb for texts that have no token count yet. It is an estimate and is marked as one wherever it is used.</summary>
public static class WordEstimate
{
    /// <summary>Tokens of an English text: four for three words, so that 750 words make 1,000 tokens.</summary>
    public static long Tokens(long words) => ((words * 4) + 2) / 3;
}
