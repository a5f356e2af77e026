using System.Text.Json;
using Sluice.Simulator.Dialects.OpenAi;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.Mistral;

/// <summary>
/// Mistral's two bodies: <c>prompt</c> in and <c>outputs</c> out, as its older models have it, and messages in the form of
/// chat completions. The body tells which one is meant. DeepSeek-R1 takes the same two and answers prompts in <c>choices</c>.
/// </summary>
/// <param name="list">What the list of answers to a prompt is called.</param>
/// <param name="chatStopName">What the chat form calls the reason for stopping.</param>
internal sealed class MistralDialect(string list, string chatStopName) : IDialect
{
    // Bedrock's limit for Mistral where the caller names none.
    private const int DefaultTokens = 512;

    private readonly ChatDialect _chat = new(chatStopName);

    public Prompt Read(JsonElement body, BedrockModel model)
    {
        if (body.Field("messages"u8) is not null)
            return _chat.Read(body, model);
        if (body.Field("prompt"u8) is not { ValueKind: JsonValueKind.String } text)
            throw Refusal.MissingKey("prompt");
        var prompt = new Prompt
        {
            Body = body,
            MaxTokens = TokenLimit.Check(body.Int("max_tokens"u8), model, "max_tokens") ?? DefaultTokens,
            StopSequences = body.Texts("stop"u8),
        };
        prompt.AddText(text);
        JsonDemand.Detect(prompt);
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        if (IsChat(reply))
        {
            _chat.Write(json, reply);
            return;
        }
        WriteOutput(json, reply.Text.Span, Reason(reply));
        BedrockFields.WriteReply(json, reply);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply) =>
        IsChat(reply) ? _chat.WriteStream(json, reply) : WritePromptStream(json, reply);

    private IEnumerable<StreamEvent> WritePromptStream(Utf8JsonWriter json, Reply reply)
    {
        var tokens = 0;
        foreach (var piece in TextPieces.Split(reply.Text, reply.TokensPerFrame))
        {
            WriteOutput(json, piece.Span, null);
            json.WriteEndObject();
            yield return new(default, tokens += reply.TokensPerFrame);
        }
        WriteOutput(json, [], Reason(reply));
        BedrockFields.WriteLastChunk(json, reply);
        json.WriteEndObject();
        yield return new(default, tokens);
    }

    private void WriteOutput(Utf8JsonWriter json, ReadOnlySpan<byte> text, string? reason)
    {
        json.WriteStartObject();
        json.WriteStartArray(list);
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteString("stop_reason"u8, reason);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static bool IsChat(Reply reply) => reply.Prompt.Body.Field("messages"u8) is not null;

    private static string Reason(Reply reply) => reply.Stop == StopReason.MaxTokens ? "length" : "stop";
}
