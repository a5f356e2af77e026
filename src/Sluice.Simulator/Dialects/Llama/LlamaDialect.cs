using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.Llama;

internal sealed class LlamaDialect : IDialect
{
    // What Bedrock generates at most where the caller names no limit.
    private const int DefaultTokens = 512;

    public Prompt Read(JsonElement body, BedrockModel model)
    {
        if (body.Field("prompt"u8) is not { ValueKind: JsonValueKind.String } text)
            throw Refusal.MissingKey("prompt");
        var prompt = new Prompt { Body = body, MaxTokens = TokenLimit.Check(body.Int("max_gen_len"u8), model, "max_gen_len") ?? DefaultTokens };
        prompt.AddText(text);
        JsonDemand.Detect(prompt);
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject();
        json.WriteString("generation"u8, reply.Text.Span);
        json.WriteNumber("prompt_token_count"u8, reply.Usage.Input);
        json.WriteNumber("generation_token_count"u8, reply.Usage.Output);
        json.WriteString("stop_reason"u8, Reason(reply));
        BedrockFields.WriteReply(json, reply);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        var tokens = 0;
        foreach (var piece in TextPieces.Split(reply.Text, reply.TokensPerFrame))
        {
            json.WriteStartObject();
            json.WriteString("generation"u8, piece.Span);
            if (tokens == 0)
                json.WriteNumber("prompt_token_count"u8, reply.Usage.Input);
            else
                json.WriteNull("prompt_token_count"u8);
            json.WriteNumber("generation_token_count"u8, Math.Min(tokens += reply.TokensPerFrame, reply.Usage.Output));
            json.WriteNull("stop_reason"u8);
            json.WriteEndObject();
            yield return new(default, tokens);
        }
        json.WriteStartObject();
        json.WriteString("generation"u8, ""u8);
        json.WriteNull("prompt_token_count"u8);
        json.WriteNumber("generation_token_count"u8, reply.Usage.Output);
        json.WriteString("stop_reason"u8, Reason(reply));
        BedrockFields.WriteLastChunk(json, reply);
        json.WriteEndObject();
        yield return new(default, tokens);
    }

    private static string Reason(Reply reply) => reply.Stop == StopReason.MaxTokens ? "length" : "stop";
}
