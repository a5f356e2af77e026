using System.Text.Json;

namespace Sluice.Simulator.Dialects.Anthropic;

/// <summary>The two blocks of a search that ran at the provider.</summary>
internal static class ServerSearch
{
    public static void WriteUse(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "server_tool_use"u8);
        json.WriteString("id"u8, id);
        json.WriteString("name"u8, "web_search"u8);
        json.WriteStartObject("input"u8);
        json.WriteString("query"u8, "simulated"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteResult(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "web_search_tool_result"u8);
        json.WriteString("tool_use_id"u8, id);
        json.WriteStartArray("content"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "web_search_result"u8);
        json.WriteString("url"u8, "https://example.com/"u8);
        json.WriteString("title"u8, "Example"u8);
        json.WriteString("encrypted_content"u8, "c2ltdWxhdGVk"u8);
        json.WriteNull("page_age"u8);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
