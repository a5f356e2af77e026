using System.Buffers;

namespace Sluice.Ledger.Journal;

/// <summary>A line as it is being read; valid until the next.</summary>
internal readonly ref struct JournalEntry(JournalLineKind kind, ReadOnlySpan<byte> json, string segment, long lineNumber)
{
    public JournalLineKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Json { get; } = json;

    public string Segment { get; } = segment;

    /// <summary>Counts from 1 at the place where reading of this segment began.</summary>
    public long LineNumber { get; } = lineNumber;
}

internal delegate void JournalVisitor(JournalEntry entry);

/// <summary>Reads the journal forward from a position, in bounded memory.</summary>
internal sealed class JournalReader(JournalFolder folder)
{
    private byte[] _buffer = new byte[256 * 1024];

    /// <summary>
    /// Visits whole lines from <paramref name="from"/> on, at most about <paramref name="maxBytes"/> of them, and returns where
    /// the next begins. A last line without its line feed is left alone in the newest segment, where it may still be being
    /// written; in an older one it was torn by a crash, and is passed over.
    /// </summary>
    public JournalPosition Read(JournalPosition from, long maxBytes, JournalVisitor visit)
    {
        var read = 0L;
        var segments = folder.Segments();
        for (var i = 0; i < segments.Count && read < maxBytes; i++)
        {
            var segment = segments[i];
            if (string.CompareOrdinal(segment, from.Segment) < 0)
                continue;
            if (segment != from.Segment)
                from = new JournalPosition(segment, 0);
            // Listed before reading: when a newer segment exists now, this one had its last line already.
            var isFinished = i < segments.Count - 1;
            var (taken, isAtEnd) = ReadSegment(from, maxBytes - read, visit);
            read += taken;
            from = new JournalPosition(segment, from.Offset + taken);
            if (!isFinished || !isAtEnd)
                break;
            from = new JournalPosition(segments[i + 1], 0);
        }
        return from;
    }

    private (long Taken, bool IsAtEnd) ReadSegment(JournalPosition from, long maxBytes, JournalVisitor visit)
    {
        using var stream = folder.OpenRead(from.Segment, from.Offset);
        var held = 0;
        var taken = 0L;
        var lineNumber = 0L;
        while (taken < maxBytes)
        {
            if (held == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var count = stream.Read(_buffer, held, _buffer.Length - held);
            if (count == 0)
                return (taken, true);
            held += count;
            var start = 0;
            while (_buffer.AsSpan(start, held - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                var kind = JournalLine.Read(_buffer.AsSpan(start, length), out var json);
                visit(new JournalEntry(kind, json, from.Segment, ++lineNumber));
                start += length + 1;
            }
            taken += start;
            _buffer.AsSpan(start, held - start).CopyTo(_buffer);
            held -= start;
        }
        return (taken, false);
    }
}
