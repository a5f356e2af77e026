using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>
/// A JSON string that came in pieces. They are put together as they stand, escapes and all, so that a character whose two
/// escapes were cut apart is whole again and nothing is spelt anew.
/// </summary>
internal sealed class PiecedText
{
    private readonly ArrayBufferWriter<byte> _quoted = new();

    public PiecedText() => _quoted.Write("\""u8);

    /// <summary>Nothing that would make a character came.</summary>
    public bool IsEmpty => _quoted.WrittenCount == 1;

    /// <exception cref="InvalidDataException">The piece is no string.</exception>
    public void Append(JsonElement piece)
    {
        if (piece.ValueKind != JsonValueKind.String)
            throw new InvalidDataException("A piece of text is no string.");
        _quoted.Write(JsonMarshal.GetRawUtf8Value(piece)[1..^1]);
    }

    /// <summary>The text as a JSON string.</summary>
    public void WriteTo(Utf8JsonWriter json) => json.WriteRawValue([.. _quoted.WrittenSpan, (byte)'"']);

    /// <summary>The text as the JSON that it spells, as a tool's input is streamed; an empty one is an empty object.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public void WriteSpeltTo(Utf8JsonWriter json)
    {
        using var text = JsonDocument.Parse((byte[])[.. _quoted.WrittenSpan, (byte)'"']);
        var spelt = text.RootElement.GetString()!;
        json.WriteRawValue(string.IsNullOrWhiteSpace(spelt) ? "{}" : spelt);
    }
}
