using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.OpenAi;

/// <summary>OpenAI's embeddings, as floats or as base64 of their bytes, which OpenAI's own clients ask for.</summary>
internal sealed class EmbeddingsDialect : IDialect
{
    private const int DefaultSize = 1_024;

    public Prompt Read(JsonElement body, BedrockModel model)
    {
        if (!model.IsEmbedding)
            throw Refusal.Validation($"The model '{model.Id}' does not support embeddings.");
        var prompt = new Prompt { Body = body };
        var texts = new List<string>();
        foreach (var text in body.Field("input"u8) is { ValueKind: JsonValueKind.String } one ? [one] : body.Items("input"u8).ToArray())
        {
            if (text.ValueKind != JsonValueKind.String)
                throw Refusal.Validation("input: the simulator embeds strings; token arrays are not supported");
            prompt.Add(Section.Messages, "user", text, Prompt.Count(text));
            texts.Add(text.GetString()!);
        }
        prompt.Texts = texts;
        return texts.Count > 0 ? prompt : throw Refusal.MissingKey("input");
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        var body = reply.Prompt.Body;
        var size = Math.Clamp(body.Int("dimensions"u8) ?? DefaultSize, 1, 4_096);
        var asBase64 = body.Text("encoding_format"u8) == "base64";
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        for (var i = 0; i < reply.Prompt.Texts.Count; i++)
        {
            var vector = Embedding.Of(reply.Prompt.Texts[i], size);
            json.WriteStartObject();
            json.WriteString("object"u8, "embedding"u8);
            json.WriteNumber("index"u8, i);
            if (asBase64)
            {
                json.WriteBase64String("embedding"u8, MemoryMarshal.AsBytes<float>(vector));
            }
            else
            {
                json.WriteStartArray("embedding"u8);
                foreach (var value in vector)
                    json.WriteNumberValue(value);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("model"u8, reply.RequestedModel);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, reply.Usage.Input);
        json.WriteNumber("total_tokens"u8, reply.Usage.Input);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
