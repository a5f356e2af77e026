using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Sluice.Core;

namespace Sluice.Insights.Imports.Files;

/// <summary>
/// Text as UTF-8, whatever it was written in: UTF-8 with marks of byte order anywhere, as joined files have them, UTF-16 and UTF-32. Bytes that
/// are no UTF-8 are those of Windows-1252, which Latin-1 is a part of.
/// </summary>
/// <param name="source">Disposed with this.</param>
/// <param name="note">Called once with what to say about the encoding.</param>
/// <param name="hash">Takes in all that is read; null where nobody asks for it.</param>
internal sealed class TextContent(Stream source, Action<string> note, IncrementalHash? hash) : ForwardStream
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Of a character in UTF-8, but one: it may end in the next buffer.</summary>
    private const int MaxCut = 3;

    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];

    /// <summary>Windows-1252 from 0x80 to 0x9F; the rest is Latin-1. The five that it leaves free stay as they are.</summary>
    private const string Windows1252 =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    private readonly byte[] _raw = new byte[BufferBytes];
    private byte[] _clean = [];
    private int _rawLength, _cleanAt, _cleanEnd;
    private bool _isAtEnd, _isNoted;
    private long _line = 1;

    /// <summary>The text of a stream, at its beginning.</summary>
    public static PeekedStream Open(PeekedStream content, Action<string> note, IncrementalHash? hash = null)
    {
        var encoding = content.Peek(4) switch
        {
            [0xFF, 0xFE, 0, 0] or [_, 0, 0, 0] => new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true),
            [0, 0, 0xFE, 0xFF] or [0, 0, 0, _] => new UTF32Encoding(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true),
            [0xFF, 0xFE, ..] or [not 0, 0, not 0, 0] => new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] or [0, not 0, 0, not 0] => (Encoding?)new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true),
            _ => null,
        };
        return new PeekedStream(new TextContent(encoding is null ? content : Encoding.CreateTranscodingStream(content, encoding, Encoding.UTF8), note, hash));
    }

    public override int Read(Span<byte> buffer)
    {
        while (_cleanAt == _cleanEnd)
        {
            if (_isAtEnd && _rawLength == 0)
                return 0;
            Fill();
        }
        var read = Math.Min(buffer.Length, _cleanEnd - _cleanAt);
        _clean.AsSpan(_cleanAt, read).CopyTo(buffer);
        _cleanAt += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }

    private void Fill()
    {
        try
        {
            var read = source.Read(_raw.AsSpan(_rawLength));
            _isAtEnd = read == 0;
            _rawLength += read;
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"what begins as UTF-16 isn't: {e.Message}", e);
        }
        var whole = _isAtEnd ? _rawLength : _rawLength - Cut(_raw.AsSpan(0, _rawLength));
        var bytes = _raw.AsSpan(0, whole);
        if (bytes.IndexOf(Mark) < 0 && Utf8.IsValid(bytes))
        {
            Reserve(whole);
            bytes.CopyTo(_clean);
            (_cleanAt, _cleanEnd) = (0, whole);
        }
        else
            Clean(bytes);
        hash?.AppendData(_clean.AsSpan(0, _cleanEnd));
        if (!_isNoted)
            _line += bytes.Count((byte)'\n');
        _raw.AsSpan(whole, _rawLength - whole).CopyTo(_raw);
        _rawLength -= whole;
    }

    private void Clean(ReadOnlySpan<byte> bytes)
    {
        // A byte of Windows-1252 takes three at most.
        Reserve(bytes.Length * 3);
        (_cleanAt, _cleanEnd) = (0, 0);
        for (var at = 0; at < bytes.Length;)
        {
            var left = bytes[at..];
            if (left.StartsWith(Mark))
            {
                at += Mark.Length;
                continue;
            }
            var isValid = Rune.DecodeFromUtf8(left, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (!isValid)
            {
                Note(bytes[..at]);
                length = 1;
                rune = new Rune(left[0] is >= 0x80 and <= 0x9F ? Windows1252[left[0] - 0x80] : (char)left[0]);
            }
            at += length;
            _cleanEnd += rune.EncodeToUtf8(_clean.AsSpan(_cleanEnd));
        }
    }

    private void Note(ReadOnlySpan<byte> before)
    {
        if (_isNoted)
            return;
        _isNoted = true;
        note($"line {_line + before.Count((byte)'\n')} is no UTF-8; what isn't was read as Windows-1252");
    }

    private void Reserve(int length)
    {
        if (_clean.Length < length)
            _clean = new byte[length];
    }

    /// <summary>How many bytes at the end may be the beginning of a character.</summary>
    private static int Cut(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(MaxCut, bytes.Length); back++)
        {
            var last = bytes[^back];
            if (last >= 0xC0)
                return (last >= 0xF0 ? 4 : last >= 0xE0 ? 3 : 2) > back ? back : 0;
            if (last < 0x80)
                return 0;
        }
        return 0;
    }
}
