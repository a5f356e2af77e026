using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.Cohere;

/// <summary>Cohere Command, which completes a <c>prompt</c>, and Command R, which chats with a <c>message</c> and its history.</summary>
internal sealed class CommandDialect : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt
        {
            Body = body,
            MaxTokens = TokenLimit.Check(body.Int("max_tokens"u8), model, "max_tokens"),
            StopSequences = body.Texts("stop_sequences"u8),
        };
        if (body.Field("preamble"u8) is { ValueKind: JsonValueKind.String } preamble)
            prompt.Add(Section.System, "system", preamble, Prompt.Count(preamble));
        foreach (var turn in body.Items("chat_history"u8))
        {
            if (turn.Field("message"u8) is { ValueKind: JsonValueKind.String } said)
                prompt.Add(Section.Messages, turn.Text("role"u8) ?? "USER", said, Prompt.Count(said) + MediaTokens.Message);
        }
        foreach (var document in body.Items("documents"u8))
            prompt.Add(Section.Messages, "document", document, Prompt.Count(document));
        var key = IsChat(model) ? "message"u8 : "prompt"u8;
        if (body.Field(key) is not { ValueKind: JsonValueKind.String } text)
            throw Refusal.MissingKey(System.Text.Encoding.ASCII.GetString(key));
        prompt.AddText(text);
        JsonDemand.Detect(prompt);
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        if (IsChat(reply.Model))
        {
            WriteChat(json, reply);
            json.WriteEndObject();
            return;
        }
        json.WriteStartObject();
        json.WriteStartArray("generations"u8);
        json.WriteStartObject();
        json.WriteString("finish_reason"u8, Reason(reply));
        json.WriteString("id"u8, reply.Dice.NextGuid());
        json.WriteString("text"u8, reply.Text.Span);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("id"u8, reply.Dice.NextGuid());
        json.WriteString("prompt"u8, reply.Prompt.Body.Text("prompt"u8));
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        var chat = IsChat(reply.Model);
        var tokens = 0;
        foreach (var piece in TextPieces.Split(reply.Text, reply.TokensPerFrame))
        {
            json.WriteStartObject();
            if (chat)
                json.WriteString("event_type"u8, "text-generation"u8);
            json.WriteString("text"u8, piece.Span);
            json.WriteBoolean("is_finished"u8, false);
            json.WriteEndObject();
            yield return new(default, tokens += reply.TokensPerFrame);
        }
        json.WriteStartObject();
        if (chat)
        {
            json.WriteString("event_type"u8, "stream-end"u8);
            json.WritePropertyName("response"u8);
            WriteChat(json, reply);
            json.WriteEndObject();
        }
        json.WriteBoolean("is_finished"u8, true);
        json.WriteString("finish_reason"u8, Reason(reply));
        BedrockFields.WriteLastChunk(json, reply);
        json.WriteEndObject();
        yield return new(default, tokens);
    }

    private static void WriteChat(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject();
        json.WriteString("response_id"u8, reply.Dice.NextGuid());
        json.WriteString("text"u8, reply.Text.Span);
        json.WriteString("generation_id"u8, reply.Dice.NextGuid());
        json.WriteStartArray("chat_history"u8);
        WriteTurn(json, "USER"u8, System.Text.Encoding.UTF8.GetBytes(reply.Prompt.Body.Text("message"u8)!));
        WriteTurn(json, "CHATBOT"u8, reply.Text.Span);
        json.WriteEndArray();
        json.WriteString("finish_reason"u8, Reason(reply));
    }

    private static void WriteTurn(Utf8JsonWriter json, ReadOnlySpan<byte> role, ReadOnlySpan<byte> message)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
    }

    private static bool IsChat(BedrockModel model) => model.Id.StartsWith("cohere.command-r", StringComparison.Ordinal);

    private static string Reason(Reply reply) => reply.Stop == StopReason.MaxTokens ? "MAX_TOKENS" : "COMPLETE";
}
