using System.Buffers;
using System.Text.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Json;

/// <summary>
/// The records of a JSON file, one at a time, from a buffer that is as large as the largest of them: the values of newline JSON or of several
/// documents, the elements of an array, or those of the lists in the envelope of an API's answer (<c>data</c>, <c>ResultsByTime</c>).
/// </summary>
internal sealed class JsonRecords : IDisposable
{
    private const int FirstBufferBytes = 1 << 16;
    private const int MaxRecordBytes = 64 * 1024 * 1024;

    private static readonly string[] Lists = ["data", "ResultsByTime", "GroupDefinitions", "DimensionValueAttributes", "MetricDataResults"];
    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true, MaxDepth = 512 };

    private readonly Stream _input;
    private readonly string _name;
    private readonly Action<long, string> _onMalformed;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
    private int _at, _end;
    private bool _isAtEnd;
    private JsonReaderState _state = new(Options);
    private Place _place = Place.Outside;
    private Place _around = Place.Outside;
    private (int Start, int Length) _record;
    // The line of what comes next, and the one from which the JSON reader counts.
    private long _nextLine = 1, _firstLine = 1;

    /// <param name="input">Owned by the caller.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="onMalformed">Told of every line that is no JSON: its number and why.</param>
    public JsonRecords(Stream input, string name, Action<long, string> onMalformed)
    {
        (_input, _name, _onMalformed) = (input, name, onMalformed);
        while (_end < 3 && Fill())
        {
        }
        if (_buffer.AsSpan(0, _end).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            _at = 3;
    }

    private enum Place
    {
        Outside,
        InArray,
        InEnvelope,
        InList,
    }

    /// <summary>Of the line on which the current record begins.</summary>
    public long LineNumber { get; private set; } = 1;

    /// <summary>The list that the current record is in; empty for one that stands by itself.</summary>
    public string List { get; private set; } = "";

    /// <summary>The current record, until the next is read.</summary>
    public ReadOnlyMemory<byte> Current => _buffer.AsMemory(_record.Start, _record.Length);

    /// <summary>Goes to the next record; false at the end.</summary>
    /// <exception cref="InvalidDataException">The file ends in the middle of a value.</exception>
    /// <exception cref="ImportException">It is no JSON from some line on, or a record is too large.</exception>
    public bool Read()
    {
        while (true)
        {
            try
            {
                switch (Step())
                {
                    case Outcome.Record:
                        return true;
                    case Outcome.Moved:
                        continue;
                }
            }
            catch (JsonException e)
            {
                SkipLine(e);
                continue;
            }
            if (Fill())
                continue;
            if (_place == Place.Outside && _buffer.AsSpan(_at, _end - _at).Trim(" \t\r\n"u8).IsEmpty)
                return false;
            throw new InvalidDataException($"the JSON that begins on line {_nextLine} has no end");
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private enum Outcome
    {
        Record,
        Moved,
        NeedsMore,
    }

    /// <summary>Reads a record or goes into or out of something, if the buffer has enough for it; nothing has changed where it hasn't.</summary>
    private Outcome Step()
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_at, _end - _at), isFinalBlock: false, _state);
        if (!reader.Read())
            return Outcome.NeedsMore;
        var start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.EndArray:
                return Move(reader, _place == Place.InList ? Place.InEnvelope : Place.Outside);
            case JsonTokenType.EndObject:
                return Move(reader, _around);
            case JsonTokenType.StartArray when _place == Place.Outside:
                return Move(reader, Place.InArray);
            case JsonTokenType.PropertyName:
                return Property(ref reader);
            case JsonTokenType.StartObject when _place is Place.Outside or Place.InArray:
                var depth = reader.CurrentDepth;
                while (true)
                {
                    if (!reader.Read())
                        return Outcome.NeedsMore;
                    if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth)
                        return Take(reader, start);
                    if (ListName(reader) is { } list)
                    {
                        if (!reader.Read())
                            return Outcome.NeedsMore;
                        if (reader.TokenType == JsonTokenType.StartArray)
                        {
                            (_around, List) = (_place, list);
                            return Move(reader, Place.InList);
                        }
                        if (!reader.TrySkip())
                            return Outcome.NeedsMore;
                    }
                    else if (!reader.TrySkip())
                        return Outcome.NeedsMore;
                }
            default:
                return reader.TrySkip() ? Take(reader, start) : Outcome.NeedsMore;
        }
    }

    private Outcome Property(ref Utf8JsonReader reader)
    {
        var list = ListName(reader);
        if (!reader.Read())
            return Outcome.NeedsMore;
        if (list is null || reader.TokenType != JsonTokenType.StartArray)
            return reader.TrySkip() ? Move(reader, Place.InEnvelope) : Outcome.NeedsMore;
        List = list;
        return Move(reader, Place.InList);
    }

    private static string? ListName(in Utf8JsonReader reader)
    {
        foreach (var list in Lists)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(list))
                return list;
        }
        return null;
    }

    private Outcome Move(in Utf8JsonReader reader, Place place)
    {
        _place = place;
        if (place != Place.InList)
            List = "";
        Consume((int)reader.BytesConsumed);
        _state = reader.CurrentState;
        return Outcome.Moved;
    }

    private Outcome Take(in Utf8JsonReader reader, int start)
    {
        var length = (int)reader.BytesConsumed;
        LineNumber = _nextLine + _buffer.AsSpan(_at, start).Count((byte)'\n');
        _record = (_at + start, length - start);
        Consume(length);
        _state = reader.CurrentState;
        return Outcome.Record;
    }

    private void Consume(int length)
    {
        _nextLine += _buffer.AsSpan(_at, length).Count((byte)'\n');
        _at += length;
    }

    /// <summary>A line of newline JSON that is none is left out; within anything larger, what follows can't be trusted.</summary>
    private void SkipLine(JsonException e)
    {
        while (_buffer.AsSpan(_at, _end - _at).TrimStart(" \t\r\n"u8).IndexOf((byte)'\n') < 0 && Fill())
        {
        }
        Consume(_end - _at - _buffer.AsSpan(_at, _end - _at).TrimStart(" \t\r\n"u8).Length);
        var line = _firstLine + (e.LineNumber ?? 0);
        if (_place != Place.Outside || line > _nextLine)
            throw new ImportException($"'{_name}', line {line}: it is no JSON from there on; the file is damaged or of another kind. Nothing of it was imported.");
        _onMalformed(_nextLine, "it is no JSON");
        var end = _buffer.AsSpan(_at, _end - _at).IndexOf((byte)'\n');
        Consume(end < 0 ? _end - _at : end + 1);
        _state = new JsonReaderState(Options);
        _firstLine = _nextLine;
    }

    private bool Fill()
    {
        if (_isAtEnd)
            return false;
        if (_at > 0)
        {
            _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
            (_at, _end) = (0, _end - _at);
        }
        if (_end == _buffer.Length)
        {
            if (_end >= MaxRecordBytes)
                throw new ImportException($"'{_name}', line {_nextLine}: a record of more than {MaxRecordBytes / (1024 * 1024)} MB; the file is of another kind. Nothing of it was imported.");
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        // A full buffer each time, so that a large record is looked at again only when it has doubled.
        var read = _input.ReadAtLeast(_buffer.AsSpan(_end), _buffer.Length - _end, throwOnEndOfStream: false);
        _end += read;
        _isAtEnd = read == 0;
        return read > 0;
    }
}
