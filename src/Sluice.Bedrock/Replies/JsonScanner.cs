using System.Buffers;
using Sluice.Bedrock.Json;

namespace Sluice.Bedrock.Replies;

/// <summary>
/// Finds the fields of a reply in JSON that comes in chunks of any size, without keeping the JSON: memory is the same for a
/// reply of a kilobyte and one of many megabytes of images. <see cref="System.Text.Json.Utf8JsonReader"/> was the
/// alternative; it needs every string whole in one buffer. Values off the known paths are skipped by their brackets and
/// quotes alone, so what is broken inside them goes unnoticed.
/// </summary>
internal sealed class JsonScanner
{
    private const int MaxDepth = 60;
    private const int MaxTokenBytes = 256;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);
    private static readonly SearchValues<byte> LiteralBytes = SearchValues.Create("aeflnrstu"u8);

    private readonly FieldNode _root;
    private readonly ReplyFields _fields;
    private readonly FieldNode?[] _containers = new FieldNode?[MaxDepth + 1];
    private readonly byte[] _token = new byte[MaxTokenBytes];
    private ulong _objects;
    private int _depth;
    private int _skipDepth;
    private FieldNode? _value;
    private State _state;
    private bool _inName;
    private int _tokenLength;
    private bool _tokenIsTooLong;
    private long _stringBytes;
    private int _codeUnit;
    private int _digitsToCome;

    public JsonScanner(FieldNode root, ReplyFields fields) => (_root, _value, _fields) = (root, root, fields);

    private enum State : byte
    {
        Value,
        ValueOrEnd,
        NameOrEnd,
        Name,
        Colon,
        CommaOrEnd,
        String,
        Escape,
        CodeUnit,
        Number,
        Literal,
        Skip,
        SkipString,
        SkipEscape,
        Complete,
        Broken,
    }

    /// <summary>A whole value was read.</summary>
    public bool IsComplete => _state == State.Complete;

    /// <summary>The bytes are not JSON; the rest of them is ignored.</summary>
    public bool IsBroken => _state == State.Broken;

    /// <summary>Makes ready for another document.</summary>
    public void Restart()
    {
        _depth = _skipDepth = 0;
        _value = _root;
        _state = State.Value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var used = _state switch
            {
                State.String => ReadString(bytes),
                State.Number => ReadNumber(bytes),
                State.Literal => ReadLiteral(bytes),
                State.Skip => Skip(bytes),
                State.SkipString => SkipString(bytes),
                State.Broken => bytes.Length,
                _ => ReadByte(bytes[0]),
            };
            bytes = bytes[used..];
        }
    }

    private int ReadByte(byte next)
    {
        switch (_state)
        {
            case State.Escape:
                ReadEscape(next);
                return 1;
            case State.CodeUnit:
                ReadCodeUnit(next);
                return 1;
            case State.SkipEscape:
                _state = State.SkipString;
                return 1;
        }
        if (next is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            return 1;
        switch (_state)
        {
            case State.Value or State.ValueOrEnd:
                return ReadValueStart(next);
            case State.Name or State.NameOrEnd when next == '"':
                StartString(isName: true);
                return 1;
            case State.Colon when next == ':':
                _state = State.Value;
                return 1;
            case State.CommaOrEnd when next == ',':
                _state = InObject ? State.Name : State.Value;
                _value = InObject ? null : _containers[_depth]!.Item;
                return 1;
            case State.NameOrEnd or State.CommaOrEnd when next == (InObject ? '}' : ']'):
                EndContainer();
                return 1;
        }
        _state = State.Broken;
        return 1;
    }

    private bool InObject => (_objects & (1UL << _depth)) != 0;

    private int ReadValueStart(byte next)
    {
        if (next == ']' && _state == State.ValueOrEnd)
        {
            EndContainer();
            return 1;
        }
        // An image that a filter withheld is a null in the list.
        if (next != 'n' && !InObject && _containers[_depth] is { IsCounted: true } counted)
            _fields.CountItem(counted.Field);
        switch (next)
        {
            case (byte)'"':
                StartString(isName: false);
                return 1;
            case (byte)'{' or (byte)'[':
                StartContainer(next == '{');
                return 1;
            case (byte)'t' or (byte)'f' or (byte)'n':
                (_state, _tokenLength) = (State.Literal, 0);
                return 0;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                (_state, _tokenLength, _tokenIsTooLong) = (State.Number, 0, false);
                return 0;
        }
        _state = State.Broken;
        return 1;
    }

    private void StartContainer(bool isObject)
    {
        if (_value is null || _depth == MaxDepth)
        {
            (_state, _skipDepth) = (State.Skip, 1);
            return;
        }
        if (_value.IsNumber && !_value.HasPlaces)
            _fields.Reject();
        _containers[++_depth] = _value;
        _objects = isObject ? _objects | (1UL << _depth) : _objects & ~(1UL << _depth);
        _state = isObject ? State.NameOrEnd : State.ValueOrEnd;
        _value = isObject ? null : _value.Item;
    }

    private void EndContainer()
    {
        if (_containers[_depth]!.EndsItem)
            _fields.EndItem();
        _depth--;
        EndValue();
    }

    private void EndValue() => _state = _depth == 0 ? State.Complete : State.CommaOrEnd;

    private void StartString(bool isName) =>
        (_state, _inName, _tokenLength, _tokenIsTooLong, _stringBytes) = (State.String, isName, 0, false, 0);

    private int ReadString(ReadOnlySpan<byte> bytes)
    {
        var stop = bytes.IndexOfAny((byte)'"', (byte)'\\');
        if (stop < 0)
        {
            Keep(bytes);
            return bytes.Length;
        }
        var run = bytes[..stop];
        if (bytes[stop] == '\\')
        {
            Keep(run);
            _state = State.Escape;
        }
        else if (_stringBytes == 0)
        {
            // The usual case: the string lies whole in this chunk and needs no copy.
            _stringBytes = run.Length;
            EndString(run, run.Length > MaxTokenBytes);
        }
        else
        {
            Keep(run);
            EndString(_token.AsSpan(0, _tokenLength), _tokenIsTooLong);
        }
        return stop + 1;
    }

    private void EndString(ReadOnlySpan<byte> text, bool isTooLong)
    {
        if (_inName)
        {
            var container = _containers[_depth]!;
            if (container.IsText)
                _fields.AddText(_stringBytes);
            _value = container.Child(isTooLong ? default : text);
            if (_value is { Field: ReplyField.UnknownCount })
                _fields.NoteName(text);
            _state = State.Colon;
            return;
        }
        if (_value is not null)
        {
            if (_value.IsText)
                _fields.AddText(_stringBytes);
            if (_value.Field == ReplyField.Thought)
                _fields.HasThought = true;
            else if (_value.Field != ReplyField.None && !isTooLong)
                _fields.ReadText(_value.Field, text);
        }
        EndValue();
    }

    private void Keep(ReadOnlySpan<byte> run)
    {
        _stringBytes += run.Length;
        if (!_inName && _value is null or { Field: ReplyField.None })
            return;
        _tokenIsTooLong |= run.Length > MaxTokenBytes - _tokenLength;
        if (_tokenIsTooLong)
            return;
        run.CopyTo(_token.AsSpan(_tokenLength));
        _tokenLength += run.Length;
    }

    private void ReadEscape(byte next)
    {
        ReadOnlySpan<byte> meant = next switch
        {
            (byte)'"' => "\""u8,
            (byte)'\\' => "\\"u8,
            (byte)'/' => "/"u8,
            (byte)'b' => "\b"u8,
            (byte)'f' => "\f"u8,
            (byte)'n' => "\n"u8,
            (byte)'r' => "\r"u8,
            (byte)'t' => "\t"u8,
            _ => default,
        };
        if (next == 'u')
            (_state, _codeUnit, _digitsToCome) = (State.CodeUnit, 0, 4);
        else if (meant.IsEmpty)
            _state = State.Broken;
        else
        {
            _state = State.String;
            Keep(meant);
        }
    }

    private void ReadCodeUnit(byte digit)
    {
        if (!char.IsAsciiHexDigit((char)digit))
        {
            _state = State.Broken;
            return;
        }
        _codeUnit = (_codeUnit << 4) | EscapedText.HexDigit(digit);
        if (--_digitsToCome > 0)
            return;
        _state = State.String;
        // Only the size matters beyond ASCII: every name and word that is looked for is ASCII.
        if (_codeUnit < 0x80)
            Keep([(byte)_codeUnit]);
        else
            Keep("???"u8[..EscapedText.CountBytes(_codeUnit)]);
    }

    private int ReadNumber(ReadOnlySpan<byte> bytes)
    {
        var length = TakeToken(bytes, NumberBytes);
        if (length < bytes.Length)
        {
            if (_value is not null && _value.Field != ReplyField.None)
                _fields.ReadNumber(_value.Field, _tokenIsTooLong ? default : _token.AsSpan(0, _tokenLength), _value.IsSummed);
            EndValue();
        }
        return length;
    }

    private int ReadLiteral(ReadOnlySpan<byte> bytes)
    {
        var length = TakeToken(bytes, LiteralBytes);
        if (length < bytes.Length)
        {
            var literal = _token.AsSpan(0, _tokenLength);
            var isNull = literal.SequenceEqual("null"u8);
            if (!isNull && _value is { IsNumber: true })
                _fields.Reject();
            EndValue();
            if (!isNull && !literal.SequenceEqual("true"u8) && !literal.SequenceEqual("false"u8))
                _state = State.Broken;
        }
        return length;
    }

    /// <summary>Adds to the token what belongs to it; fewer bytes than there are means that it is whole.</summary>
    private int TakeToken(ReadOnlySpan<byte> bytes, SearchValues<byte> alphabet)
    {
        var length = bytes.IndexOfAnyExcept(alphabet);
        if (length < 0)
            length = bytes.Length;
        _tokenIsTooLong |= length > MaxTokenBytes - _tokenLength;
        var kept = Math.Min(length, MaxTokenBytes - _tokenLength);
        bytes[..kept].CopyTo(_token.AsSpan(_tokenLength));
        _tokenLength += kept;
        return length;
    }

    private int Skip(ReadOnlySpan<byte> bytes)
    {
        var index = bytes.IndexOfAny(Structure);
        if (index < 0)
            return bytes.Length;
        switch (bytes[index])
        {
            case (byte)'"':
                _state = State.SkipString;
                break;
            case (byte)'{' or (byte)'[':
                _skipDepth++;
                break;
            default:
                if (--_skipDepth == 0)
                    EndValue();
                break;
        }
        return index + 1;
    }

    private int SkipString(ReadOnlySpan<byte> bytes)
    {
        var index = bytes.IndexOfAny((byte)'"', (byte)'\\');
        if (index < 0)
            return bytes.Length;
        _state = bytes[index] == '"' ? State.Skip : State.SkipEscape;
        return index + 1;
    }
}
