using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.Cohere;

internal sealed class EmbedDialect : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt { Body = body };
        var texts = new List<string>();
        foreach (var text in body.Items("texts"u8))
        {
            if (text.ValueKind != JsonValueKind.String)
                throw Refusal.Validation("Malformed input request: #/texts: expected type: String, please reformat your input and try again.");
            prompt.Add(Section.Messages, "user", text, Prompt.Count(text));
            texts.Add(text.GetString()!);
        }
        foreach (var image in body.Items("images"u8))
        {
            prompt.Add(Section.Messages, "user", image, 0);
            prompt.Images++;
            texts.Add("image");
        }
        if (texts.Count is 0 or > 96)
            throw Refusal.Validation($"Malformed input request: #/texts: expected 1 to 96 items, found: {texts.Count}, please reformat your input and try again.");
        if (body.Text("input_type"u8) is null)
            throw Refusal.MissingKey("input_type");
        prompt.Texts = texts;
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        var body = reply.Prompt.Body;
        var isV4 = reply.Model.Id.StartsWith("cohere.embed-v4", StringComparison.Ordinal);
        var size = Math.Clamp(body.Int("output_dimension"u8) ?? (isV4 ? 1_536 : 1_024), 1, 4_096);
        var byType = body.Items("embedding_types"u8).Any();
        json.WriteStartObject();
        json.WriteString("id"u8, reply.Dice.NextGuid());
        json.WriteString("response_type"u8, byType ? "embeddings_by_type"u8 : "embeddings_floats"u8);
        if (byType)
            json.WriteStartObject("embeddings"u8);
        json.WriteStartArray(byType ? "float"u8 : "embeddings"u8);
        foreach (var text in reply.Prompt.Texts)
        {
            json.WriteStartArray();
            foreach (var value in Embedding.Of(text, size))
                json.WriteNumberValue(value);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        if (byType)
            json.WriteEndObject();
        json.WriteStartArray("texts"u8);
        foreach (var text in body.Items("texts"u8))
            text.WriteTo(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
