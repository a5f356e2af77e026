namespace Sluice.Insights.Imports;

/// <summary>How one format of bills is read. It belongs to one table, whose current record it speaks of.</summary>
internal interface IBillFormat
{
    BillSource Source { get; }

    /// <summary>What is odd about the header and no reason to refuse the file, each in a sentence.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>
    /// A number for all that tells the row from others of its period: names, tags and units, never amounts or prices. A restated bill has the
    /// same number for the same charge.
    /// </summary>
    UInt128 Identity();

    /// <summary>The row's period and amounts.</summary>
    /// <returns>Null, or why the row must be set aside.</returns>
    string? ReadAmounts(out CostAmounts amounts);

    /// <summary>What the row is for; asked once for each identity.</summary>
    CostFacet Describe();
}
