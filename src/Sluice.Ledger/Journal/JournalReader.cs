using System.IO.Compression;

namespace Sluice.Ledger.Journal;

/// <summary>A line as it is being read; valid until the next.</summary>
internal readonly ref struct JournalEntry(JournalLineKind kind, ReadOnlySpan<byte> json, string segment, long offset)
{
    public JournalLineKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Json { get; } = json;

    public string Segment { get; } = segment;

    /// <summary>Where the line begins in its segment.</summary>
    public long Offset { get; } = offset;
}

internal delegate void JournalVisitor(JournalEntry entry);

/// <summary>Reads the journal forward from a position, in bounded memory. Not thread-safe.</summary>
internal sealed class JournalReader(JournalFolder folder, int maxLineBytes = JournalReader.MaxLineBytes) : IDisposable
{
    /// <summary>Records hold no prompts, so none comes near this; a file without line feeds must not fill the memory.</summary>
    private const int MaxLineBytes = 64 * 1024 * 1024;

    private byte[] _buffer = new byte[Math.Min(256 * 1024, maxLineBytes)];

    /// <summary>A compressed segment that is read in part, since going there again would mean unpacking it from its beginning.</summary>
    private Stream? _unpacking;
    private JournalPosition _unpackedTo = JournalPosition.Beginning;
    private int _held;

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

    public void Dispose() => _unpacking?.Dispose();

    private (long Taken, bool IsAtEnd) ReadSegment(JournalPosition from, long maxBytes, JournalVisitor visit)
    {
        var taken = 0L;
        Stream? stream = null;
        try
        {
            stream = Open(from);
            while (taken < maxBytes)
            {
                var room = MakeRoom(from, ref taken, visit);
                var count = stream.Read(_buffer, _held, room);
                _held += count;
                taken += VisitLines(from.Segment, from.Offset + taken, visit);
                // A short read is the end of a file. Reading on could join the half of a line that a full disk cut off to
                // what has been written over it since.
                if (count == 0 && stream is GZipStream)
                    CheckLength(from.Segment, from.Offset + taken + _held);
                if (count == 0 || (count < room && stream is FileStream))
                    return (taken, true);
            }
            if (stream is not FileStream)
            {
                (_unpacking, stream) = (stream, null);
                _unpackedTo = new JournalPosition(from.Segment, from.Offset + taken);
            }
            return (taken, false);
        }
        catch (InvalidDataException)
        {
            // The rest of a damaged compressed segment can't be read by anyone.
            visit(new JournalEntry(JournalLineKind.Corrupt, default, from.Segment, from.Offset + taken));
            return (taken, true);
        }
        finally
        {
            stream?.Dispose();
        }
    }

    /// <summary>Unpacking takes a file that was cut off for its end; only the length that gzip notes at a file's end tells.</summary>
    private void CheckLength(string segment, long read)
    {
        if (folder.UnpackedLength(segment) is { } length && length != unchecked((uint)read))
            throw new InvalidDataException($"'{folder.CompressedFileOf(segment)}' is cut off.");
    }

    private Stream Open(JournalPosition from)
    {
        if (_unpacking is { } unpacking)
        {
            _unpacking = null;
            if (_unpackedTo == from)
                return unpacking;
            unpacking.Dispose();
        }
        _held = 0;
        return folder.OpenRead(from.Segment, from.Offset);
    }

    /// <summary>Free bytes at the end of the buffer, at least one. What is longer than a line can be is given up, as corrupt.</summary>
    private int MakeRoom(JournalPosition from, ref long taken, JournalVisitor visit)
    {
        if (_held == maxLineBytes)
        {
            visit(new JournalEntry(JournalLineKind.Corrupt, default, from.Segment, from.Offset + taken));
            taken += _held;
            _held = 0;
        }
        else if (_held == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, maxLineBytes));
        }
        return _buffer.Length - _held;
    }

    private int VisitLines(string segment, long offset, JournalVisitor visit)
    {
        var start = 0;
        while (_buffer.AsSpan(start, _held - start).IndexOf((byte)'\n') is >= 0 and var length)
        {
            var kind = JournalLine.Read(_buffer.AsSpan(start, length), out var json);
            visit(new JournalEntry(kind, json, segment, offset + start));
            start += length + 1;
        }
        _buffer.AsSpan(start, _held - start).CopyTo(_buffer);
        _held -= start;
        return start;
    }
}
