namespace Sluice.Ledger.Journal;

/// <summary>A place in the journal: a segment by its name, and an offset into its (uncompressed) bytes. Immutable, so threads may share one.</summary>
internal sealed record JournalPosition(string Segment, long Offset) : IComparable<JournalPosition>
{
    public static JournalPosition Beginning { get; } = new("", 0);

    public int CompareTo(JournalPosition? other) =>
        other is null ? 1 : string.CompareOrdinal(Segment, other.Segment) is not 0 and var order ? order : Offset.CompareTo(other.Offset);
}
