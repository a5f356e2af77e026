using System.Text;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>The different texts of a column, by numbers from 0.</summary>
internal sealed class TextTable
{
    private const int MaxRemembered = 1 << 16;

    // A dictionary page gives the same memory for the same text, so most rows need no look at the characters.
    private readonly Dictionary<ReadOnlyMemory<char>, int> _ofMemory = [];
    private readonly Dictionary<byte[], int> _codes = new(new ByteContent());
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<byte[]> _texts = [];
    private byte[] _buffer = new byte[256];
    private (ReadOnlyMemory<char> Memory, int Code) _last = (default, -1);

    public TextTable() => _lookup = _codes.GetAlternateLookup<ReadOnlySpan<byte>>();

    public byte[] this[int code] => _texts[code];

    public int CodeOf(ReadOnlyMemory<char> text)
    {
        // Neighbours mostly have the same text, and to hash even the place of one takes longer than to compare it.
        if (_last.Code < 0 || !_last.Memory.Equals(text))
            _last = (text, Find(text));
        return _last.Code;
    }

    private int Find(ReadOnlyMemory<char> text)
    {
        if (_ofMemory.TryGetValue(text, out var code))
            return code;
        if (_ofMemory.Count == MaxRemembered)
            _ofMemory.Clear();
        var needed = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_buffer.Length < needed)
            _buffer = new byte[needed * 2];
        return _ofMemory[text] = CodeOf(_buffer.AsSpan(0, Encoding.UTF8.GetBytes(text.Span, _buffer)));
    }

    public int CodeOf(ReadOnlySpan<byte> text)
    {
        if (_lookup.TryGetValue(text, out var code))
            return code;
        var kept = text.ToArray();
        _texts.Add(kept);
        return _codes[kept] = _texts.Count - 1;
    }
}
