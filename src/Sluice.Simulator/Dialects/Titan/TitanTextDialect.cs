using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.Titan;

internal sealed class TitanTextDialect : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model)
    {
        if (body.Field("inputText"u8) is not { ValueKind: JsonValueKind.String } text)
            throw Refusal.MissingKey("inputText");
        var config = body.Field("textGenerationConfig"u8);
        var prompt = new Prompt
        {
            Body = body,
            MaxTokens = TokenLimit.Check(config?.Int("maxTokenCount"u8), model, "textGenerationConfig/maxTokenCount"),
            StopSequences = config?.Texts("stopSequences"u8) ?? [],
        };
        prompt.AddText(text);
        JsonDemand.Detect(prompt);
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject();
        json.WriteNumber("inputTextTokenCount"u8, reply.Usage.Input);
        json.WriteStartArray("results"u8);
        json.WriteStartObject();
        json.WriteNumber("tokenCount"u8, reply.Usage.Output);
        json.WriteString("outputText"u8, reply.Text.Span);
        json.WriteString("completionReason"u8, Reason(reply));
        json.WriteEndObject();
        json.WriteEndArray();
        BedrockFields.WriteReply(json, reply);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        var tokens = 0;
        foreach (var piece in TextPieces.Split(reply.Text, reply.TokensPerFrame))
        {
            WriteChunk(json, reply, piece.Span, first: tokens == 0, last: false);
            json.WriteEndObject();
            yield return new(default, tokens += reply.TokensPerFrame);
        }
        WriteChunk(json, reply, [], first: tokens == 0, last: true);
        BedrockFields.WriteLastChunk(json, reply);
        json.WriteEndObject();
        yield return new(default, tokens);
    }

    private static void WriteChunk(Utf8JsonWriter json, Reply reply, ReadOnlySpan<byte> text, bool first, bool last)
    {
        json.WriteStartObject();
        json.WriteString("outputText"u8, text);
        json.WriteNumber("index"u8, 0);
        if (last)
            json.WriteNumber("totalOutputTextTokenCount"u8, reply.Usage.Output);
        else
            json.WriteNull("totalOutputTextTokenCount"u8);
        json.WriteString("completionReason"u8, last ? Reason(reply) : null);
        if (first || last)
            json.WriteNumber("inputTextTokenCount"u8, reply.Usage.Input);
        else
            json.WriteNull("inputTextTokenCount"u8);
    }

    private static string Reason(Reply reply) => reply.Stop switch
    {
        StopReason.MaxTokens => "LENGTH",
        StopReason.StopSequence => "STOP_CRITERIA_MET",
        StopReason.GuardrailIntervened => "CONTENT_FILTERED",
        _ => "FINISH",
    };
}
