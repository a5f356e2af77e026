using System.Buffers;
using System.Buffers.Binary;

namespace Sluice.Bedrock.EventStreams;

/// <summary>Writes headers one after another, for <see cref="EventStreamEncoder.Write"/> to put into a frame.</summary>
public static class EventHeaderEncoder
{
    /// <summary>The longest text or byte value that the format's specification allows; a reader takes up to 65,535.</summary>
    public const int MaxValueBytes = short.MaxValue;

    public static void WriteBoolean(IBufferWriter<byte> output, ReadOnlySpan<byte> name, bool value) =>
        WriteFixed(output, name, value ? EventHeaderType.True : EventHeaderType.False, []);

    public static void WriteInt8(IBufferWriter<byte> output, ReadOnlySpan<byte> name, sbyte value) =>
        WriteFixed(output, name, EventHeaderType.Int8, [unchecked((byte)value)]);

    public static void WriteInt16(IBufferWriter<byte> output, ReadOnlySpan<byte> name, short value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        WriteFixed(output, name, EventHeaderType.Int16, bytes);
    }

    public static void WriteInt32(IBufferWriter<byte> output, ReadOnlySpan<byte> name, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        WriteFixed(output, name, EventHeaderType.Int32, bytes);
    }

    public static void WriteInt64(IBufferWriter<byte> output, ReadOnlySpan<byte> name, long value) =>
        WriteLong(output, name, EventHeaderType.Int64, value);

    /// <param name="output">Where the header goes.</param>
    /// <param name="name">UTF-8, 1 to 255 bytes.</param>
    /// <param name="milliseconds">Since 1970-01-01T00:00:00Z.</param>
    public static void WriteTimestamp(IBufferWriter<byte> output, ReadOnlySpan<byte> name, long milliseconds) =>
        WriteLong(output, name, EventHeaderType.Timestamp, milliseconds);

    public static void WriteUuid(IBufferWriter<byte> output, ReadOnlySpan<byte> name, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        WriteFixed(output, name, EventHeaderType.Uuid, bytes);
    }

    public static void WriteBytes(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        WriteSized(output, name, EventHeaderType.Bytes, value);

    public static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8) =>
        WriteSized(output, name, EventHeaderType.Text, utf8);

    private static void WriteLong(IBufferWriter<byte> output, ReadOnlySpan<byte> name, EventHeaderType type, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        WriteFixed(output, name, type, bytes);
    }

    private static void WriteFixed(IBufferWriter<byte> output, ReadOnlySpan<byte> name, EventHeaderType type, ReadOnlySpan<byte> value)
    {
        WriteName(output, name, type);
        output.Write(value);
    }

    private static void WriteSized(IBufferWriter<byte> output, ReadOnlySpan<byte> name, EventHeaderType type, ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxValueBytes)
            throw new ArgumentException($"The value takes {value.Length} bytes; an event-stream header holds at most {MaxValueBytes}.", nameof(value));
        WriteName(output, name, type);
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(sizeof(ushort)), (ushort)value.Length);
        output.Advance(sizeof(ushort));
        output.Write(value);
    }

    private static void WriteName(IBufferWriter<byte> output, ReadOnlySpan<byte> name, EventHeaderType type)
    {
        if (name.Length is 0 or > byte.MaxValue)
            throw new ArgumentException($"The name takes {name.Length} bytes; an event-stream header's name takes 1 to 255.", nameof(name));
        var span = output.GetSpan(name.Length + 2);
        span[0] = (byte)name.Length;
        name.CopyTo(span[1..]);
        span[name.Length + 1] = (byte)type;
        output.Advance(name.Length + 2);
    }
}
