using System.Text.Json;
using Sluice.Simulator.Dialects.OpenAi;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.Ai21;

/// <summary>AI21's Jamba, which chats as OpenAI does, and its older Jurassic, which completes a prompt and has no streams.</summary>
internal sealed class Ai21Dialect : IDialect
{
    private readonly ChatDialect _chat = new();

    public Prompt Read(JsonElement body, BedrockModel model)
    {
        if (!IsJurassic(model))
            return _chat.Read(body, model);
        if (body.Field("prompt"u8) is not { ValueKind: JsonValueKind.String } text)
            throw Refusal.MissingKey("prompt");
        var prompt = new Prompt
        {
            Body = body,
            MaxTokens = TokenLimit.Check(body.Int("maxTokens"u8), model, "maxTokens") ?? 200,
            StopSequences = body.Texts("stopSequences"u8),
        };
        prompt.AddText(text);
        JsonDemand.Detect(prompt);
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        if (!IsJurassic(reply.Model))
        {
            _chat.Write(json, reply);
            return;
        }
        json.WriteStartObject();
        json.WriteNumber("id"u8, reply.Dice.Next(10_000));
        json.WriteStartObject("prompt"u8);
        json.WriteString("text"u8, reply.Prompt.Body.Text("prompt"u8));
        WriteNoTokens(json);
        json.WriteEndObject();
        json.WriteStartArray("completions"u8);
        json.WriteStartObject();
        json.WriteStartObject("data"u8);
        json.WriteString("text"u8, reply.Text.Span);
        WriteNoTokens(json);
        json.WriteEndObject();
        json.WriteStartObject("finishReason"u8);
        json.WriteString("reason"u8, reply.Stop == StopReason.MaxTokens ? "length"u8 : "endoftext"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent>? WriteStream(Utf8JsonWriter json, Reply reply) =>
        IsJurassic(reply.Model) ? null : _chat.WriteStream(json, reply);

    private static bool IsJurassic(BedrockModel model) => model.Id.StartsWith("ai21.j2", StringComparison.Ordinal);

    private static void WriteNoTokens(Utf8JsonWriter json)
    {
        json.WriteStartArray("tokens"u8);
        json.WriteEndArray();
    }
}
