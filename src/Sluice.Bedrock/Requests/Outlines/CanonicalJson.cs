using System.Buffers.Binary;
using System.Text.Json;
using Sluice.Bedrock.Json;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>
/// Writes JSON in the one form that all its spellings share: no white space, no escapes, numbers as digits and exponent,
/// content as blocks where it could be a bare string, no cache markers, and members in the order of their names. Values are
/// written one behind the other without anything that could make two different ones look the same.
/// </summary>
/// <param name="dialect">Whose markers and bare strings are known.</param>
/// <param name="sorts">
/// False keeps the order of members and the spelling of numbers in what a model is shown as JSON, such as a tool's schema. In
/// what the schema of requests defines they never tell anything.
/// </param>
/// <param name="fields">The fields of the root that are left out.</param>
internal partial struct CanonicalJson(Dialect dialect, bool sorts, CacheKeyFields? fields = null)
{
    private const int LengthBytes = 4;

    private readonly Dialect _dialect = dialect;
    private readonly bool _sorts = sorts;
    private readonly CacheKeyFields? _fields = fields;
    private PooledList<byte> _output = new();
    private PooledList<byte> _sorted = new();
    private PooledList<Member> _members = new();
    private PooledList<Frame> _frames = new();

    public readonly Span<byte> Bytes => _output.Items;

    /// <summary>The bytes of names, texts and numbers written so far, without what looks like base64.</summary>
    public long ContentBytes { get; private set; }

    public void Clear()
    {
        _output.Shrink(0);
        ContentBytes = 0;
    }

    /// <summary>Appends a text by the inside of its JSON string, which has been read as one before.</summary>
    public void AppendText(ReadOnlySpan<byte> raw)
    {
        var start = _output.Count;
        var room = _output.Extend(1 + LengthBytes + raw.Length);
        room[0] = (byte)'s';
        FinishText(start, EscapedText.Unescape(raw, room[(1 + LengthBytes)..]), raw);
    }

    public void AppendRaw(ReadOnlySpan<byte> bytes) => _output.AddRange(bytes);

    /// <summary>Appends one JSON value in valid UTF-8; false where it is broken or an object has two members of one name.</summary>
    public bool TryAppend(ReadOnlySpan<byte> json, CanonicalPlace place)
    {
        _members.Shrink(0);
        _frames.Shrink(0);
        try
        {
            var reader = new Utf8JsonReader(json, RequestReader.JsonOptions);
            while (reader.Read())
            {
                if (!TryAppendToken(ref reader, ref place))
                    return false;
            }
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // As in the outline: JSON that is broken, or escapes that are no text.
            return false;
        }
    }

    public void Return()
    {
        _output.Return();
        _sorted.Return();
        _members.Return();
        _frames.Return();
    }

    /// <param name="reader">Stands on the token.</param>
    /// <param name="place">The place of the value that comes next; moved on.</param>
    private bool TryAppendToken(ref Utf8JsonReader reader, ref CanonicalPlace place)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                AppendName(ref reader, ref place);
                return true;
            case JsonTokenType.StartObject:
                _frames.Add(new Frame { Place = place, Start = _output.Count, FirstMember = _members.Count });
                _output.Add((byte)'{');
                return true;
            case JsonTokenType.StartArray:
                _frames.Add(new Frame { Place = place, IsArray = true });
                _output.Add((byte)'[');
                place = CanonicalPlaces.Element(place);
                return true;
            case JsonTokenType.EndObject:
                if (!TryCloseObject())
                    return false;
                break;
            case JsonTokenType.EndArray:
                _output.Add((byte)']');
                _frames.Shrink(_frames.Count - 1);
                break;
            case JsonTokenType.String when place == CanonicalPlace.Content && _dialect is Dialect.Anthropic or Dialect.OpenAi:
                // [{"text":...,"type":"text"}]
                _output.AddRange("[{s\u0004\0\0\0text"u8);
                AppendToken(ref reader);
                _output.AddRange("s\u0004\0\0\0types\u0004\0\0\0text}]"u8);
                break;
            case JsonTokenType.String:
                AppendToken(ref reader);
                break;
            case JsonTokenType.Number:
                AppendNumber(reader.ValueSpan);
                break;
            default:
                _output.Add(reader.TokenType switch { JsonTokenType.True => (byte)'t', JsonTokenType.False => (byte)'f', _ => (byte)'z' });
                break;
        }
        if (_frames.Count > 0 && _frames.Last.IsArray)
            place = CanonicalPlaces.Element(_frames.Last.Place);
        return true;
    }

    private void AppendName(ref Utf8JsonReader reader, ref CanonicalPlace place)
    {
        var start = _output.Count;
        var contentBytes = ContentBytes;
        AppendToken(ref reader);
        ref var frame = ref _frames.Last;
        place = CanonicalPlaces.Member(frame.Place, _output.Items[(start + 1 + LengthBytes)..], _dialect, _fields);
        if (place != CanonicalPlace.Skipped)
        {
            _members.Add(new Member { Start = start, NameLength = _output.Count - start });
            return;
        }
        _output.Shrink(start);
        ContentBytes = contentBytes;
        frame.HasSkipped = true;
        reader.Skip();
    }

    private void AppendToken(ref Utf8JsonReader reader)
    {
        var raw = reader.ValueSpan;
        var start = _output.Count;
        // Escapes only ever shrink.
        var room = _output.Extend(1 + LengthBytes + raw.Length);
        room[0] = (byte)'s';
        var text = room[(1 + LengthBytes)..];
        var length = raw.Length;
        if (reader.ValueIsEscaped)
            length = reader.CopyString(text);
        else
            raw.CopyTo(text);
        FinishText(start, length, raw);
    }

    private void FinishText(int start, int length, ReadOnlySpan<byte> raw)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_output.Items[(start + 1)..], length);
        _output.Shrink(start + 1 + LengthBytes + length);
        if (!Base64Text.Looks(raw))
            ContentBytes += length;
    }

    private bool TryCloseObject()
    {
        var frame = _frames.Last;
        _frames.Shrink(_frames.Count - 1);
        var members = _members.Items[frame.FirstMember..];
        if (members.IsEmpty && frame.HasSkipped && frame.Place is CanonicalPlace.Tool or CanonicalPlace.Block)
        {
            // A block that was a cache point and nothing else is none.
            _output.Shrink(frame.Start);
            return true;
        }
        if ((_sorts || frame.Place != CanonicalPlace.Free) && members.Length > 1 && !TrySort(members))
            return false;
        _members.Shrink(frame.FirstMember);
        _output.Add((byte)'}');
        return true;
    }

    private struct Frame
    {
        public CanonicalPlace Place;
        public bool IsArray;
        public bool HasSkipped;
        public int Start;
        public int FirstMember;
    }

    private struct Member
    {
        public int Start;
        public int NameLength;
        public int End;
    }
}
