namespace Sluice.Ledger.Journal;

/// <summary>A place in the journal: a segment by its name, and an offset into its (uncompressed) bytes.</summary>
internal readonly record struct JournalPosition(string Segment, long Offset) : IComparable<JournalPosition>
{
    public static JournalPosition Beginning => new("", 0);

    public int CompareTo(JournalPosition other) =>
        string.CompareOrdinal(Segment, other.Segment) is not 0 and var order ? order : Offset.CompareTo(other.Offset);
}
