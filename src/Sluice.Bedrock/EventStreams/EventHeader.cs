using System.Buffers.Binary;
using System.Text;

namespace Sluice.Bedrock.EventStreams;

/// <summary>The wire's type codes of a header.</summary>
public enum EventHeaderType
{
    True = 0,
    False = 1,
    Int8 = 2,
    Int16 = 3,
    Int32 = 4,
    Int64 = 5,
    Bytes = 6,
    Text = 7,
    /// <summary>Milliseconds since 1970-01-01T00:00:00Z.</summary>
    Timestamp = 8,
    Uuid = 9,
}

/// <summary>One header, as a view of the frame that holds it.</summary>
public readonly ref struct EventHeader
{
    internal EventHeader(ReadOnlySpan<byte> name, EventHeaderType type, ReadOnlySpan<byte> value)
    {
        Name = name;
        Type = type;
        Value = value;
    }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; }

    public EventHeaderType Type { get; }

    /// <summary>The value as it lies on the wire, without its length; empty for the two booleans.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <exception cref="InvalidOperationException">The header isn't a boolean.</exception>
    public bool GetBoolean() => Type switch
    {
        EventHeaderType.True => true,
        EventHeaderType.False => false,
        _ => throw NotA("boolean"),
    };

    /// <summary>The value of any of the four integers, or the milliseconds of a timestamp.</summary>
    /// <exception cref="InvalidOperationException">The header is neither.</exception>
    public long GetInteger() => Type switch
    {
        EventHeaderType.Int8 => unchecked((sbyte)Value[0]),
        EventHeaderType.Int16 => BinaryPrimitives.ReadInt16BigEndian(Value),
        EventHeaderType.Int32 => BinaryPrimitives.ReadInt32BigEndian(Value),
        EventHeaderType.Int64 or EventHeaderType.Timestamp => BinaryPrimitives.ReadInt64BigEndian(Value),
        _ => throw NotA("number"),
    };

    /// <exception cref="InvalidOperationException">The header isn't text.</exception>
    public string GetText() => Type is EventHeaderType.Text ? Encoding.UTF8.GetString(Value) : throw NotA("text");

    /// <exception cref="InvalidOperationException">The header isn't a UUID.</exception>
    public Guid GetUuid() => Type is EventHeaderType.Uuid ? new Guid(Value, bigEndian: true) : throw NotA("UUID");

    private InvalidOperationException NotA(string wanted) =>
        new($"The event-stream header '{Encoding.UTF8.GetString(Name)}' is {Type}, which can't be read as a {wanted}.");
}
