namespace Sluice.Bedrock.Replies;

/// <summary>
/// Hands the data of <c>text/event-stream</c> to a scanner as it comes, one document an event (WHATWG HTML, section 9.2).
/// Only the <c>data</c> field matters: every vendor repeats the event's name inside.
/// </summary>
internal sealed class ServerSentEvents(JsonScanner scanner, ReplyFields fields)
{
    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';

    private readonly byte[] _head = new byte[Done.Length];
    private int _matched;
    private bool _isOtherField;
    private bool _inValue;
    private bool _spaceMayFollow;
    private bool _hasData;
    private bool _lastWasReturn;
    private int _dataBytes;

    private static ReadOnlySpan<byte> Field => "data:"u8;

    private static ReadOnlySpan<byte> Done => "[DONE]"u8;

    /// <summary>OpenAI's end mark was seen.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Some event's data was no JSON.</summary>
    public bool HasBroken { get; private set; }

    public long Documents { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_inValue || _isOtherField)
            {
                var end = bytes.IndexOfAny(LineFeed, CarriageReturn);
                var run = end < 0 ? bytes : bytes[..end];
                if (_inValue)
                    AppendData(run);
                bytes = bytes[run.Length..];
                if (end < 0)
                    return;
            }
            ReadByte(bytes[0]);
            bytes = bytes[1..];
        }
    }

    /// <summary>Takes an event whose closing blank line is missing, if its data is whole.</summary>
    public void Finish()
    {
        if (_hasData && (scanner.IsComplete || HeadIsDone))
            EndEvent();
        _hasData = false;
        fields.DropDocument();
    }

    private bool HeadIsDone => _dataBytes == Done.Length && Done.SequenceEqual(_head);

    private void ReadByte(byte next)
    {
        var endsReturn = _lastWasReturn && next == LineFeed;
        _lastWasReturn = next == CarriageReturn;
        if (endsReturn)
            return;
        if (next is LineFeed or CarriageReturn)
        {
            EndLine();
            return;
        }
        if (next != Field[_matched])
        {
            _isOtherField = true;
            return;
        }
        if (++_matched == Field.Length)
            StartValue();
    }

    private void StartValue()
    {
        if (_hasData)
            AppendData("\n"u8);
        else
        {
            _hasData = true;
            _dataBytes = 0;
            scanner.Restart();
        }
        _inValue = _spaceMayFollow = true;
    }

    private void AppendData(ReadOnlySpan<byte> run)
    {
        if (run.IsEmpty)
            return;
        if (_spaceMayFollow && run[0] == ' ')
            run = run[1..];
        _spaceMayFollow = false;
        if (_dataBytes < _head.Length)
        {
            var head = run[..Math.Min(run.Length, _head.Length - _dataBytes)];
            head.CopyTo(_head.AsSpan(_dataBytes));
        }
        _dataBytes = (int)Math.Min(int.MaxValue / 2, (long)_dataBytes + run.Length);
        scanner.Append(run);
    }

    private void EndLine()
    {
        var isBlank = _matched == 0 && !_isOtherField;
        _matched = 0;
        _inValue = _isOtherField = false;
        if (isBlank && _hasData)
            EndEvent();
    }

    private void EndEvent()
    {
        _hasData = false;
        if (HeadIsDone)
        {
            IsDone = true;
            return;
        }
        Documents++;
        if (scanner.IsComplete)
            fields.EndDocument();
        else
        {
            HasBroken = true;
            fields.DropDocument();
        }
    }
}
