namespace Sluice.Ledger.Sqlite;

/// <summary>What the books know of a call's usage that keeps it from being sure. The numbers stand in the database.</summary>
[Flags]
internal enum CallDoubt
{
    None = 0,

    /// <summary>A count was estimated.</summary>
    Estimated = 1,

    /// <summary>The report contradicts itself.</summary>
    Suspect = 2,
}
