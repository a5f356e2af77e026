namespace Sluice.Insights.Store;

/// <summary>
/// How one format of bills is read, row by row, from a table of CSV or from records of JSON, one of which may make several rows.
/// </summary>
internal interface IBillFormat
{
    BillSource Source { get; }

    /// <summary>What is odd about the file and no reason to refuse it, each in a sentence; asked when the file has been read.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>Of the current row; counts from 1.</summary>
    long LineNumber { get; }

    /// <summary>
    /// The current row's own number, where the source delivers each record once and never restates it; null where a charge is restated. Of
    /// the former, rows of one charge add up over all files, and one that an earlier file had is skipped.
    /// </summary>
    RecordKey? Key => null;

    /// <summary>Goes to the next row; false at the end.</summary>
    bool Read();

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

/// <summary>Tells one delivered record from all others.</summary>
/// <param name="Id">Of 128 bits.</param>
/// <param name="MayRepeat">Whether equal records of one file are several; where not, the second is the first, delivered again.</param>
/// <param name="Place">Counts the records of the file, so that the rows of one are known from those of the same record that came again.</param>
internal readonly record struct RecordKey(UInt128 Id, bool MayRepeat, long Place = 0);
