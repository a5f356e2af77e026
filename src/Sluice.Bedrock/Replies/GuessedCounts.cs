namespace Sluice.Bedrock.Replies;

/// <summary>Counts of a usage that no report gave, so that nothing but bytes tells them.</summary>
[Flags]
public enum GuessedCounts
{
    None = 0,

    /// <summary>All input, of which no part is known to have come from a cache.</summary>
    Input = 1,
    Output = 2,
}
