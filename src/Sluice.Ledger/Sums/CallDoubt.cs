namespace Sluice.Ledger.Sums;

/// <summary>What the books know of a call's usage and cost that keeps them from being sure. The numbers stand in the database.</summary>
[Flags]
internal enum CallDoubt
{
    None = 0,

    /// <summary>A count was estimated.</summary>
    Estimated = 1,

    /// <summary>The report contradicts itself.</summary>
    Suspect = 2,

    /// <summary>The cost is not known.</summary>
    Unpriced = 4,
}
