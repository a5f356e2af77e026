using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.Anthropic;

/// <summary>The text completions of Claude 2 and Instant: <c>prompt</c> in, <c>completion</c> out.</summary>
internal sealed class TextCompletionDialect : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt
        {
            Body = body,
            MaxTokens = TokenLimit.Check(body.Int("max_tokens_to_sample"u8) ?? throw Refusal.MissingKey("max_tokens_to_sample"), model, "max_tokens_to_sample"),
            StopSequences = body.Texts("stop_sequences"u8),
        };
        if (body.Field("prompt"u8) is not { ValueKind: JsonValueKind.String } text)
            throw Refusal.MissingKey("prompt");
        if (!text.ReadUtf8(utf8 => utf8.IndexOf("\n\nHuman:"u8) >= 0))
            throw Refusal.Validation("Invalid prompt: prompt must start with \"\n\nHuman:\" turn, end with \"\n\nAssistant:\" turn");
        prompt.AddText(text);
        JsonDemand.Detect(prompt);
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        WriteCompletion(json, reply, reply.Text.Span, last: true);
        BedrockFields.WriteReply(json, reply);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        var tokens = 0;
        foreach (var piece in TextPieces.Split(reply.Text, reply.TokensPerFrame))
        {
            WriteCompletion(json, reply, piece.Span, last: false);
            json.WriteEndObject();
            yield return new(default, tokens += reply.TokensPerFrame);
        }
        WriteCompletion(json, reply, [], last: true);
        BedrockFields.WriteLastChunk(json, reply);
        json.WriteEndObject();
        yield return new(default, tokens);
    }

    private static void WriteCompletion(Utf8JsonWriter json, Reply reply, ReadOnlySpan<byte> text, bool last)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "completion"u8);
        json.WriteString("completion"u8, text);
        json.WriteString("stop_reason"u8, !last ? null : reply.Stop == StopReason.MaxTokens ? "max_tokens" : "stop_sequence");
        // A model that just ends does so at the next turn of the human.
        json.WriteString("stop"u8, !last || reply.Stop == StopReason.MaxTokens ? null : reply.StopSequence ?? "\n\nHuman:");
    }
}
