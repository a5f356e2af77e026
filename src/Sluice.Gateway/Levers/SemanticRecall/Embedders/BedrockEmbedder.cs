using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Bedrock.Operations;
using Sluice.Gateway.Levers.SemanticRecall.Indexing;

namespace Sluice.Gateway.Levers.SemanticRecall.Embedders;

/// <summary>Which of Bedrock's embedding models is asked, by the form of its request.</summary>
public enum BedrockEmbeddingFamily
{
    /// <summary>amazon.titan-embed-text-v2:0, with 256, 512 or 1,024 dimensions.</summary>
    Titan,

    /// <summary>cohere.embed-english-v3 and cohere.embed-multilingual-v3, with 1,024 dimensions.</summary>
    Cohere,
}

/// <summary>
/// Embeddings of a model on Bedrock. It writes the request and reads the reply; how a request reaches Bedrock, and that it
/// stands in the ledger, is the caller's.
/// </summary>
/// <param name="invoke">Sends the body of an InvokeModel and gives the body of the reply, or null if the call failed: the text
/// is then not looked up.</param>
public sealed class BedrockEmbedder(string modelId, BedrockEmbeddingFamily family, int dimensions, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> invoke)
    : IEmbedder
{
    /// <summary>Cohere's models read so many characters of a text at most; more is an error there.</summary>
    private const int MaxCohereCharacters = 2048;

    /// <summary>What every model of both families can give.</summary>
    public const int StandardDimensions = 1024;

    /// <summary>The form of a model's requests, by its name without a region; null for a model that is asked in neither.</summary>
    public static BedrockEmbeddingFamily? FamilyOf(string? model) =>
        model?.StartsWith("amazon.titan-embed-text-v2", StringComparison.Ordinal) == true ? BedrockEmbeddingFamily.Titan
        : model?.StartsWith("cohere.embed-english-v3", StringComparison.Ordinal) == true || model?.StartsWith("cohere.embed-multilingual-v3", StringComparison.Ordinal) == true ? BedrockEmbeddingFamily.Cohere
        : null;

    /// <summary>The embedder of a model, whatever profile it is called by.</summary>
    public static BedrockEmbedder Of(ModelIdentifier model, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> invoke)
    {
        var name = model.BaseModel ?? model.Raw;
        return new BedrockEmbedder(name, FamilyOf(name) ?? BedrockEmbeddingFamily.Titan, StandardDimensions, invoke);
    }

    public EmbedderIdentity Identity { get; } = new(modelId, dimensions, "bedrock");

    public async ValueTask<Embedding?> EmbedAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length == 0 || text.Length > (family == BedrockEmbeddingFamily.Cohere ? MaxCohereCharacters : CharacterFeatures.MaxCharacters))
            return null;
        return await invoke(RequestOf(text), cancellationToken) is { } reply ? ReadReply(reply) : null;
    }

    public float Cosine(Embedding a, Embedding b)
    {
        var sum = 0f;
        for (var i = 0; i < a.Values.Length; i++)
            sum += a.Values[i] * b.Values[i];
        return Math.Clamp(sum, -1, 1);
    }

    public IVectorIndex CreateIndex() => new DenseIndex(dimensions);

    private byte[] RequestOf(string text) => JsonSerializer.SerializeToUtf8Bytes(family == BedrockEmbeddingFamily.Titan
        ? new JsonObject { ["inputText"] = text, ["dimensions"] = dimensions, ["normalize"] = true }
        : new JsonObject { ["texts"] = new JsonArray(text), ["input_type"] = "clustering" });

    /// <summary>A reply of another form, or of another length, is no embedding.</summary>
    private Embedding? ReadReply(ReadOnlyMemory<byte> reply)
    {
        try
        {
            using var document = JsonDocument.Parse(reply);
            var values = family == BedrockEmbeddingFamily.Titan
                ? document.RootElement.GetProperty("embedding")
                : document.RootElement.GetProperty("embeddings")[0];
            return values.GetArrayLength() == dimensions ? Embedding.Dense([.. values.EnumerateArray().Select(v => v.GetSingle())]) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }
}
