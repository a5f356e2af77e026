using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Insights.Imports;

/// <summary>
/// A number of 128 bits for what the fields of a row hold, each under its name, so that it depends on no empty field. One writer serves
/// many rows.
/// </summary>
internal sealed class RowIdentity
{
    private const int MaxRemembered = 16_384;

    // A bill says the same of many rows, and to look up what was hashed before takes a tenth of hashing it.
    private readonly Dictionary<byte[], UInt128> _known = new(new ByteContent());
    private readonly Dictionary<byte[], UInt128>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private byte[] _bytes = new byte[4096];
    private int _length;

    public RowIdentity() => _lookup = _known.GetAlternateLookup<ReadOnlySpan<byte>>();

    public RowIdentity Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (FieldText.IsNull(value))
            return this;
        Reserve(name.Length + value.Length + 2);
        name.CopyTo(_bytes.AsSpan(_length));
        _length += name.Length;
        _bytes[_length++] = (byte)'\n';
        value.CopyTo(_bytes.AsSpan(_length));
        _length += value.Length;
        _bytes[_length++] = 0;
        return this;
    }

    public RowIdentity Add(string name, string value)
    {
        if (value.Length == 0)
            return this;
        Reserve(Encoding.UTF8.GetMaxByteCount(name.Length) + Encoding.UTF8.GetMaxByteCount(value.Length) + 2);
        _length += Encoding.UTF8.GetBytes(name, _bytes.AsSpan(_length));
        _bytes[_length++] = (byte)'\n';
        _length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(_length));
        _bytes[_length++] = 0;
        return this;
    }

    /// <summary>The number of what was added since the last one.</summary>
    public UInt128 Take()
    {
        var fields = _bytes.AsSpan(0, _length);
        _length = 0;
        if (_lookup.TryGetValue(fields, out var identity))
            return identity;
        if (_known.Count == MaxRemembered)
            _known.Clear();
        return _known[fields.ToArray()] = Of(fields);
    }

    public static UInt128 Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private void Reserve(int more)
    {
        if (_length + more > _bytes.Length)
            Array.Resize(ref _bytes, (_length + more) * 2);
    }
}
