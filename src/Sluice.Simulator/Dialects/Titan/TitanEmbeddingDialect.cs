using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.Titan;

/// <summary>Amazon's embeddings: Titan's of text and images, and Nova's of anything, which nests the text deeper.</summary>
internal sealed class TitanEmbeddingDialect : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt { Body = body };
        var nova = body.Field("singleEmbeddingParams"u8);
        var text = body.Field("inputText"u8) ?? nova?.Field("text"u8)?.Field("value"u8);
        var image = body.Field("inputImage"u8) ?? nova?.Field("image"u8);
        if (text is { ValueKind: JsonValueKind.String } words)
        {
            prompt.Add(Section.Messages, "user", words, Prompt.Count(words));
            prompt.Texts = [words.GetString()!];
        }
        if (image is { } picture)
        {
            prompt.Add(Section.Messages, "user", picture, 0);
            prompt.Images = 1;
        }
        return prompt.Segments.Count > 0 ? prompt : throw Refusal.MissingKey("inputText");
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        var body = reply.Prompt.Body;
        var nova = body.Field("singleEmbeddingParams"u8);
        var size = body.Int("dimensions"u8) ?? body.Field("embeddingConfig"u8)?.Int("outputEmbeddingLength"u8) ?? nova?.Int("embeddingDimension"u8) ?? Size(reply.Model);
        var vector = Embedding.Of(reply.Prompt.Texts.Count > 0 ? reply.Prompt.Texts[0] : "image", Math.Clamp(size, 1, 4_096));
        json.WriteStartObject();
        if (nova is not null)
        {
            json.WriteStartArray("embeddings"u8);
            json.WriteStartObject();
            json.WriteString("embeddingType"u8, "TEXT"u8);
            WriteVector(json, "embedding"u8, vector);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        else
        {
            WriteVector(json, "embedding"u8, vector);
            if (reply.Model.Id.Contains("v2", StringComparison.Ordinal))
            {
                json.WriteStartObject("embeddingsByType"u8);
                WriteVector(json, "float"u8, vector);
                json.WriteEndObject();
            }
            json.WriteNumber("inputTextTokenCount"u8, reply.Usage.Input);
        }
        json.WriteEndObject();
    }

    private static int Size(BedrockModel model) => model.Id switch
    {
        "amazon.titan-embed-text-v1" or "amazon.titan-embed-g1-text-02" => 1_536,
        "amazon.nova-2-multimodal-embeddings-v1:0" => 3_072,
        _ => 1_024,
    };

    private static void WriteVector(Utf8JsonWriter json, ReadOnlySpan<byte> name, float[] vector)
    {
        json.WriteStartArray(name);
        foreach (var value in vector)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
