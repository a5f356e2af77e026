using System.Text.Json;
using Sluice.Bedrock.Json;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests;

/// <summary>
/// The model that a request's body names, for the operations whose path does not: where it stands, and whether the rest of the body
/// means the same to another model of the dialect.
/// </summary>
public static class BodyModel
{
    /// <summary>
    /// What every model of Anthropic's Messages takes, or turns down aloud. Left out on purpose is what one model may pass over in silence:
    /// betas, context management, server tools' containers.
    /// </summary>
    private static readonly Utf8Table<bool> MessagesFields = Table(
        "model", "messages", "max_tokens", "system", "temperature", "top_p", "top_k", "stop_sequences", "stream", "tools", "tool_choice",
        "metadata", "service_tier", "cache_control", "thinking", "anthropic_version");

    /// <summary>The same of chat completions. <c>logit_bias</c> is left out: it counts by one model's tokens.</summary>
    private static readonly Utf8Table<bool> ChatFields = Table(
        "model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "stream", "stream_options", "n", "seed", "tools",
        "tool_choice", "parallel_tool_calls", "functions", "function_call", "response_format", "user", "metadata", "service_tier",
        "presence_penalty", "frequency_penalty");

    /// <summary>
    /// Finds the model's name, quotes included, and the first field that may mean something else to another model. No input makes it throw.
    /// </summary>
    /// <param name="dialect">Anthropic's, or OpenAI's chat completions.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="ownField">Such a field's name; null for none.</param>
    /// <returns>Nowhere for a body that is broken, or does not name its model once.</returns>
    public static ByteRange Find(Dialect dialect, ReadOnlySpan<byte> body, out string? ownField)
    {
        ownField = null;
        var place = default(ByteRange);
        var shared = dialect == Dialect.Anthropic ? MessagesFields : ChatFields;
        try
        {
            var json = new Utf8JsonReader(body, RequestReader.JsonOptions);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return default;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isModel = json.ValueTextEquals("model"u8);
                if (json.ValueIsEscaped || !shared.TryGet(json.ValueSpan, out _))
                    ownField ??= json.GetString();
                json.Read();
                if (isModel && (!place.IsNone || json.TokenType != JsonTokenType.String))
                    return default;
                if (isModel)
                    place = new ByteRange((int)json.TokenStartIndex, (int)(json.BytesConsumed - json.TokenStartIndex));
                json.Skip();
            }
            return json.Read() ? default : place;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static Utf8Table<bool> Table(params ReadOnlySpan<string> names)
    {
        var table = new Utf8Table<bool>();
        foreach (var name in names)
            table.Set(name, true);
        return table;
    }
}
