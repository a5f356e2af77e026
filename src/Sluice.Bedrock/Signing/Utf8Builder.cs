using System.Buffers;
using System.Text;

namespace Sluice.Bedrock.Signing;

/// <summary>Text in UTF-8 that grows from the stack into a pooled array.</summary>
internal ref struct Utf8Builder(Span<byte> initial)
{
    private Span<byte> _bytes = initial;
    private byte[]? _rented;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _bytes[.._length];

    public void Append(byte value) => Take(1)[0] = value;

    public void Append(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Append(scoped ReadOnlySpan<char> text)
    {
        var room = Take(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length -= room.Length - Encoding.UTF8.GetBytes(text, room);
    }

    public void AppendHex(scoped ReadOnlySpan<byte> bytes) =>
        Convert.TryToHexStringLower(bytes, Take(2 * bytes.Length), out _);

    /// <summary>Appends text whose ASCII letters become small.</summary>
    public void AppendLower(scoped ReadOnlySpan<char> text)
    {
        var start = _length;
        Append(text);
        Ascii.ToLowerInPlace(_bytes[start.._length], out _);
    }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        this = default;
    }

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + count, 2 * _bytes.Length));
            _bytes[.._length].CopyTo(larger);
            if (_rented is not null)
                ArrayPool<byte>.Shared.Return(_rented);
            _bytes = _rented = larger;
        }
        _length += count;
        return _bytes.Slice(_length - count, count);
    }
}
