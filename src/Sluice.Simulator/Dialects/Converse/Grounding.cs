using System.Text.Json;
using Sluice.Simulator.Replies;

namespace Sluice.Simulator.Dialects.Converse;

/// <summary>Nova's own search of the web: a tool use of the server, and its result, in the reply itself.</summary>
internal static class Grounding
{
    private const string Name = "nova_grounding";

    public static string NewId(Dice dice) => "tooluse_" + dice.NextId(22);

    public static void Write(Utf8JsonWriter json, Dice dice)
    {
        var id = NewId(dice);
        json.WriteStartObject();
        json.WriteStartObject("toolUse"u8);
        json.WriteStartObject("input"u8);
        json.WriteString("query"u8, "simulated"u8);
        json.WriteEndObject();
        WriteHead(json, "name"u8, Name, id, "server_tool_use"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteStartObject("toolResult"u8);
        WriteResult(json, "content"u8);
        WriteHead(json, "status"u8, "success", id, "nova_grounding_result"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>How the two blocks start in a stream, and their one delta.</summary>
    public static IEnumerable<(Action<Utf8JsonWriter> Start, Action<Utf8JsonWriter> Delta)> Blocks(string id)
    {
        yield return (
            json => WriteStart(json, "toolUse"u8, "name"u8, Name, id, "server_tool_use"u8),
            json =>
            {
                json.WriteStartObject("toolUse"u8);
                json.WriteString("input"u8, "{\"query\":\"simulated\"}"u8);
                json.WriteEndObject();
            }
        );
        yield return (
            json => WriteStart(json, "toolResult"u8, "status"u8, "success", id, "nova_grounding_result"u8),
            json => WriteResult(json, "toolResult"u8));
    }

    private static void WriteStart(Utf8JsonWriter json, ReadOnlySpan<byte> block, ReadOnlySpan<byte> field, string value, string id, ReadOnlySpan<byte> type)
    {
        json.WriteStartObject();
        json.WriteStartObject(block);
        WriteHead(json, field, value, id, type);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, ReadOnlySpan<byte> field, string value, string id, ReadOnlySpan<byte> type)
    {
        json.WriteString(field, value);
        json.WriteString("toolUseId"u8, id);
        json.WriteString("type"u8, type);
    }

    private static void WriteResult(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartArray(name);
        json.WriteStartObject();
        json.WriteString("text"u8, "simulated"u8);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
