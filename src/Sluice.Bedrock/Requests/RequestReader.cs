using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;

namespace Sluice.Bedrock.Requests;

/// <summary>Reads the facts of a request in one pass over its body. No input makes it throw.</summary>
public static class RequestReader
{
    /// <summary>Bedrock takes 16 labels a call; more than this many are left out, so that a caller can't flood the ledger.</summary>
    public const int MaxTags = 64;

    private const int MaxWordLength = 64;

    // Deeper than any schema of a tool that a model could use; the reader keeps one bit a level.
    internal static readonly JsonReaderOptions JsonOptions = new() { MaxDepth = 512 };

    /// <summary>Reads what the path, the headers and the body say together.</summary>
    /// <param name="operation">The operation that method and path name.</param>
    /// <param name="modelIdentifierFromPath">The decoded model identifier of the path, or null for a path without one.</param>
    /// <param name="header">The value of a request header by its name in any case, or null.</param>
    /// <param name="body">The whole body; empty where there is none.</param>
    public static RequestFacts Read(
        Operation operation, string? modelIdentifierFromPath, Func<string, string?> header, ReadOnlySpan<byte> body)
    {
        var walk = new RequestWalk(HasJsonBody(operation) ? body : default);
        var isWellFormed = !HasJsonBody(operation) || (walk.TryReadAll() && Utf8.IsValid(body));
        var model = modelIdentifierFromPath ?? walk.Model;
        var isInvoke = operation is Operation.InvokeModel or Operation.InvokeModelWithResponseStream;
        var dialect = ModelFamilies.DialectOf(operation, isInvoke && model is not null ? ModelIdentifier.Parse(model).BaseModel : null);
        if (dialect == Dialect.Unknown)
            dialect = walk.GuessDialect();
        else if (dialect == Dialect.Anthropic && walk.Has(RequestKey.Prompt) && !walk.Has(RequestKey.Messages))
            dialect = Dialect.AnthropicText;
        var isEmbedding = dialect is Dialect.TitanEmbedding or Dialect.CohereEmbed;

        var tierHeader = header("X-Amzn-Bedrock-Service-Tier");
        // InvokeModel takes the tier from its header, every other operation from its body.
        var tierName = isInvoke ? tierHeader ?? walk.Tier : walk.Tier ?? tierHeader;
        return new RequestFacts
        {
            Dialect = dialect,
            Model = model,
            Streamed = operation switch
            {
                Operation.ConverseStream or Operation.InvokeModelWithResponseStream or Operation.InvokeModelWithBidirectionalStream => true,
                Operation.ChatCompletions or Operation.Responses or Operation.Messages or Operation.Unknown => walk.Streamed,
                _ => false,
            },
            Background = walk.Background,
            Tier = ReadTier(tierName),
            TierName = Bounded(tierName),
            LatencyOptimized = IsOptimized(header("X-Amzn-Bedrock-PerformanceConfig-Latency")) || walk.LatencyOptimized,
            MaxTokens = walk.MaxTokens,
            Answers = walk.Answers,
            Tags = ReadTags(header("X-Amzn-Bedrock-Request-Metadata"), walk.Tags),
            HasGuardrail = walk.Has(RequestKey.GuardrailConfig) || header("X-Amzn-Bedrock-GuardrailIdentifier") is { Length: > 0 },
            WellFormed = isWellFormed,
            EstimatedInputTokens = (walk.TextBytes + 3) / 4,
            CacheLifetimes = walk.CacheLifetimes,
            MarkedPrefix = isWellFormed ? walk.MarkedPrefix : default,
            InputImages = isEmbedding ? walk.InputImages : 0,
            RequestedImages = dialect == Dialect.Image ? Math.Max(1, walk.RequestedImages) : 0,
            ImageSize = dialect == Dialect.Image ? walk.ImageSize : null,
            ImageQuality = dialect == Dialect.Image ? walk.ImageQuality : null,
            SearchUnits = dialect == Dialect.CohereRerank && isWellFormed && walk.Has(RequestKey.Documents) ? SearchUnits.Of(body) : default,
        };
    }

    private static bool HasJsonBody(Operation operation) => operation is not
        (Operation.GetAsyncInvoke or Operation.ListAsyncInvokes or Operation.InvokeModelWithBidirectionalStream
            or Operation.Models or Operation.StoredResponses or Operation.Files or Operation.Batches);

    private static ServiceTier ReadTier(string? name) =>
        name is not { Length: > 0 } ? ServiceTier.Default : PriceNames.TryParseTier(name, out var tier) ? tier : ServiceTier.Unknown;

    /// <summary>A word of the caller's that may stand in a message or the ledger.</summary>
    private static string? Bounded(string? word) => word is { Length: > MaxWordLength } ? word[..MaxWordLength] : word;

    private static bool IsOptimized(string? latency) => string.Equals(latency, "optimized", StringComparison.OrdinalIgnoreCase);

    private static ImmutableSortedDictionary<string, string> ReadTags(
        string? header, ImmutableSortedDictionary<string, string>.Builder? fromBody)
    {
        if (header is not { Length: > 0 })
            return fromBody?.ToImmutable() ?? ImmutableSortedDictionary<string, string>.Empty;
        var tags = fromBody ?? RequestWalk.CreateTags();
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(header));
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && tags.Count < MaxTags)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                    tags[name] = reader.GetString()!;
                else
                    reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // The upstream refuses the header; the tags that could be read still tell whose call it was.
        }
        return tags.ToImmutable();
    }
}
