using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.Cohere;

/// <summary>Reranking, by Cohere's models and by Amazon's, which has the same body.</summary>
internal sealed class RerankDialect : IDialect
{
    /// <summary>Documents that one search unit pays for.</summary>
    public const int DocumentsPerUnit = 100;

    private const int Dimensions = 256;

    public Prompt Read(JsonElement body, BedrockModel model)
    {
        if (body.Field("query"u8) is not { ValueKind: JsonValueKind.String } query)
            throw Refusal.MissingKey("query");
        var prompt = new Prompt { Body = body };
        prompt.Add(Section.Messages, "user", query, Prompt.Count(query));
        var texts = new List<string>();
        foreach (var document in body.Items("documents"u8))
        {
            prompt.Add(Section.Messages, "document", document, Prompt.Count(document));
            texts.Add(document.ValueKind == JsonValueKind.String ? document.GetString()! : document.GetRawText());
        }
        if (texts.Count == 0)
            throw Refusal.MissingKey("documents");
        prompt.Texts = texts;
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        var query = Embedding.Of(reply.Prompt.Body.Text("query"u8)!, Dimensions);
        var ranked = reply.Prompt.Texts
            .Select((text, index) => (index, score: Similarity(query, Embedding.Of(text, Dimensions))))
            .OrderByDescending(pair => pair.score)
            .Take(Math.Max(1, reply.Prompt.Body.Int("top_n"u8) ?? int.MaxValue));
        json.WriteStartObject();
        json.WriteStartArray("results"u8);
        foreach (var (index, score) in ranked)
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, index);
            json.WriteNumber("relevance_score"u8, Math.Round(score, 8));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static double Similarity(float[] left, float[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return Math.Clamp(sum, 0, 1);
    }
}
