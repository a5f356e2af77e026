using System.Buffers.Binary;

namespace Sluice.Bedrock.EventStreams;

/// <summary>The headers of a frame, in wire order: <c>foreach</c> walks them without allocating.</summary>
public readonly ref struct EventHeaders
{
    internal EventHeaders(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The headers as they lie on the wire; <see cref="EventStreamEncoder.Write"/> takes them back.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public Enumerator GetEnumerator() => new(Bytes);

    /// <summary>Finds the first header of that name, which is case-sensitive.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out EventHeader header)
    {
        foreach (var candidate in this)
        {
            if (candidate.Name.SequenceEqual(name))
            {
                header = candidate;
                return true;
            }
        }
        header = default;
        return false;
    }

    /// <summary>The UTF-8 of a text header, empty where it is absent or of another type.</summary>
    public ReadOnlySpan<byte> GetText(ReadOnlySpan<byte> name) =>
        TryGet(name, out var header) && header.Type is EventHeaderType.Text ? header.Value : default;

    /// <summary>Whether every byte belongs to a header of a known type with a name.</summary>
    internal static bool AreWellFormed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!TryTake(ref bytes, out _))
                return false;
        }
        return true;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, out EventHeader header)
    {
        header = default;
        int nameLength = rest[0];
        if (nameLength == 0 || rest.Length < nameLength + 2)
            return false;
        var name = rest.Slice(1, nameLength);
        var type = (EventHeaderType)rest[nameLength + 1];
        var after = rest[(nameLength + 2)..];
        var valueLength = type switch
        {
            EventHeaderType.True or EventHeaderType.False => 0,
            EventHeaderType.Int8 => 1,
            EventHeaderType.Int16 => 2,
            EventHeaderType.Int32 => 4,
            EventHeaderType.Int64 or EventHeaderType.Timestamp => 8,
            EventHeaderType.Uuid => 16,
            EventHeaderType.Bytes or EventHeaderType.Text when after.Length >= 2 => BinaryPrimitives.ReadUInt16BigEndian(after),
            _ => -1,
        };
        if (valueLength < 0)
            return false;
        if (type is EventHeaderType.Bytes or EventHeaderType.Text)
            after = after[2..];
        if (after.Length < valueLength)
            return false;
        header = new EventHeader(name, type, after[..valueLength]);
        rest = after[valueLength..];
        return true;
    }

    /// <summary>Walks the headers; stops early at a malformed one, which the decoder never lets through.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private EventHeader _current;

        internal Enumerator(ReadOnlySpan<byte> bytes)
        {
            _rest = bytes;
            _current = default;
        }

        public readonly EventHeader Current => _current;

        public bool MoveNext() => !_rest.IsEmpty && TryTake(ref _rest, out _current);
    }
}
