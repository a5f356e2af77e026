using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>What the forms share in reading and writing JSON: values are carried over as they are spelt, and nothing is passed over in silence.</summary>
internal static class FormJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output, Options))
            write(json);
        return output.WrittenSpan.ToArray();
    }

    public static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>Writes a value as it is spelt.</summary>
    public static void Copy(Utf8JsonWriter json, JsonElement value) => json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value));

    public static void Copy(Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonElement value)
    {
        json.WritePropertyName(name);
        Copy(json, value);
    }

    public static void Copy(Utf8JsonWriter json, JsonProperty member)
    {
        json.WritePropertyName(member.Name);
        Copy(json, member.Value);
    }

    /// <summary>Writes the member of that name, if the object has it.</summary>
    public static void CopyIfThere(Utf8JsonWriter json, JsonElement of, ReadOnlySpan<byte> name)
    {
        if (of.TryGetProperty(name, out var value))
            Copy(json, name, value);
    }

    /// <exception cref="InvalidDataException">The object has a member that nobody here knows, and that would be lost.</exception>
    public static void Only(JsonElement element, params ReadOnlySpan<string> known)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                throw new InvalidDataException("There is a member of an unknown name.");
        }
    }

    /// <summary>The only member of an object.</summary>
    /// <exception cref="InvalidDataException">It has none or several.</exception>
    public static JsonProperty Single(JsonElement element)
    {
        var members = element.EnumerateObject();
        if (!members.MoveNext())
            throw new InvalidDataException("An object that says what it is by its one member has none.");
        var only = members.Current;
        return members.MoveNext() ? throw new InvalidDataException("An object that says what it is by its one member has several.") : only;
    }
}
