using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Bedrock.Json;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests;

/// <summary>One pass over a request body of any dialect, keeping what a gateway needs. Of a repeated property the last one holds.</summary>
internal ref struct RequestWalk(ReadOnlySpan<byte> body)
{
    private static readonly SearchValues<byte> Base64Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    private const int MaxWordBytes = 32;

    /// <summary>More than any model gives at once (OpenAI: 128).</summary>
    private const int MaxAnswers = 1_000;

    private readonly ReadOnlySpan<byte> _body = body;
    private const int DefaultImageSize = 1024;
    private const int MaxPixels = 1_000_000;
    private int _width;
    private int _height;
    private bool _makesOwnSize;
    private ulong _seenAtRoot;
    private RequestKey _root;
    private RequestKey _key;
    private string? _tagName;
    private int _markerDepth;
    private bool _markerCounts;
    private bool _markerIsHour;
    private MarkedParts _parts;
    private long? _maxTokens;
    private long _extraMaxTokens;

    public string? Model { get; private set; }

    public bool Streamed { get; private set; }

    public string? Tier { get; private set; }

    public bool LatencyOptimized { get; private set; }

    /// <summary>Where two spellings disagree, the larger is what money must be held for. What only the extra parameters say binds nobody.</summary>
    public readonly long? MaxTokens => _maxTokens is { } own ? Math.Max(own, _extraMaxTokens) : null;

    public ImmutableSortedDictionary<string, string>.Builder? Tags { get; private set; }

    public long TextBytes { get; private set; }

    public CacheLifetimes CacheLifetimes { get; private set; }

    public readonly MarkedPrefix MarkedPrefix => CacheLifetimes == CacheLifetimes.None ? default : _parts.PrefixOf(_body);

    public int InputImages { get; private set; }

    public int RequestedImages { get; private set; }

    public bool Background { get; private set; }

    /// <summary>
    /// The longer side in pixels. Tasks that make an image from a text alone have 1,024 where they don't say (user guide, "Amazon Nova Canvas" and
    /// "Amazon Titan Image Generator"); those that change an image keep its size.
    /// </summary>
    public readonly int? ImageSize => Math.Max(_width, _height) is > 0 and var side ? Math.Max(side, Math.Min(_width, _height) > 0 ? 0 : DefaultImageSize)
        : _makesOwnSize ? DefaultImageSize : null;

    public string? ImageQuality { get; private set; }

    /// <summary>How many answers are asked for at once.</summary>
    public int Answers { get; private set; } = 1;

    public static ImmutableSortedDictionary<string, string>.Builder CreateTags() =>
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    /// <summary>The root object has this property.</summary>
    public readonly bool Has(RequestKey key) => (_seenAtRoot & (1UL << (int)key)) != 0;

    /// <summary>Reads the body to its end, or to where it stops being JSON; false for the latter.</summary>
    public bool TryReadAll()
    {
        try
        {
            var reader = new Utf8JsonReader(_body, RequestReader.JsonOptions);
            var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read())
                ReadToken(ref reader);
            _parts.End((int)reader.BytesConsumed, TextBytes);
            return isObject;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is the reader's word for invalid UTF-8 in a string that is taken out.
            return false;
        }
    }

    /// <summary>The dialect by the names at the root, for models whose identifier does not tell.</summary>
    public readonly Dialect GuessDialect()
    {
        if (Has(RequestKey.AnthropicVersion))
            return Has(RequestKey.Messages) ? Dialect.Anthropic : Dialect.AnthropicText;
        if (Has(RequestKey.MaxTokensToSample))
            return Dialect.AnthropicText;
        if (Has(RequestKey.ImageGenerationConfig) || Has(RequestKey.TextPrompts))
            return Dialect.Image;
        if (Has(RequestKey.TextGenerationConfig))
            return Dialect.TitanText;
        if (Has(RequestKey.InputText) || Has(RequestKey.InputImage) || Has(RequestKey.EmbeddingParams))
            return Dialect.TitanEmbedding;
        if (Has(RequestKey.MaxGenLen))
            return Dialect.Llama;
        if (Has(RequestKey.Query) && Has(RequestKey.Documents))
            return Dialect.CohereRerank;
        if (Has(RequestKey.Texts))
            return Dialect.CohereEmbed;
        return Has(RequestKey.Messages) && Has(RequestKey.InferenceConfig) ? Dialect.Nova : Dialect.Unknown;
    }

    private void ReadToken(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                ReadName(ref reader);
                break;
            case JsonTokenType.String:
                ReadString(ref reader);
                break;
            case JsonTokenType.Number:
                ReadNumber(ref reader);
                break;
            case JsonTokenType.True or JsonTokenType.False when reader.CurrentDepth == 1 && _root == RequestKey.Stream:
                Streamed = reader.TokenType == JsonTokenType.True;
                break;
            case JsonTokenType.True or JsonTokenType.False when reader.CurrentDepth == 1 && _root == RequestKey.Background:
                Background = reader.TokenType == JsonTokenType.True;
                break;
            case JsonTokenType.StartObject when _key == RequestKey.CacheMarker:
                (_markerDepth, _markerCounts, _markerIsHour) = (reader.CurrentDepth + 1, false, false);
                break;
            case JsonTokenType.EndObject when _markerDepth == reader.CurrentDepth + 1:
                if (_markerCounts)
                {
                    CacheLifetimes |= _markerIsHour ? CacheLifetimes.OneHour : CacheLifetimes.FiveMinutes;
                    _parts.Mark((int)reader.BytesConsumed, TextBytes);
                }
                _markerDepth = 0;
                break;
        }
    }

    private void ReadName(ref Utf8JsonReader reader)
    {
        Span<byte> unescaped = stackalloc byte[64];
        if (!reader.ValueIsEscaped)
            _key = RequestKeys.Of(reader.ValueSpan);
        else
            _key = reader.ValueSpan.Length <= unescaped.Length ? RequestKeys.Of(unescaped[..reader.CopyString(unescaped)]) : RequestKey.Other;

        if (reader.CurrentDepth == 1)
        {
            _root = _key;
            _parts.Begin(_root, (int)reader.TokenStartIndex, TextBytes);
            _seenAtRoot |= 1UL << (int)_key;
        }
        else if (_root == RequestKey.RequestMetadata && reader.CurrentDepth == 2)
            _tagName = reader.GetString();
        if (_root == RequestKey.Tools)
            TextBytes += reader.ValueSpan.Length;
        // Cohere embeds what an image_url names, Nova what stands under image.
        if (_key == RequestKey.ImageUrl || (_key == RequestKey.Media && _root == RequestKey.EmbeddingParams && reader.CurrentDepth == 2))
            InputImages++;
    }

    private void ReadString(ref Utf8JsonReader reader)
    {
        switch (_root)
        {
            case RequestKey.Model when reader.CurrentDepth == 1:
                Model = reader.GetString();
                return;
            case RequestKey.ServiceTier when reader.CurrentDepth == 1 || (reader.CurrentDepth == 2 && _key == RequestKey.Type):
                Tier = reader.GetString();
                return;
            case RequestKey.PerformanceConfig:
                LatencyOptimized |= _key == RequestKey.Latency && reader.ValueTextEquals("optimized"u8);
                return;
            case RequestKey.RequestMetadata:
                if (reader.CurrentDepth == 2 && _tagName is not null && (Tags?.Count ?? 0) < RequestReader.MaxTags)
                    (Tags ??= CreateTags())[_tagName] = reader.GetString()!;
                return;
            case RequestKey.InputImage or RequestKey.Images:
                InputImages++;
                return;
            case RequestKey.TaskType when reader.CurrentDepth == 1:
                _makesOwnSize = reader.ValueTextEquals("TEXT_IMAGE"u8) || reader.ValueTextEquals("COLOR_GUIDED_GENERATION"u8) || reader.ValueTextEquals("IMAGE_VARIATION"u8);
                return;
            case RequestKey.ImageGenerationConfig when reader.CurrentDepth == 2 && _key == RequestKey.Quality:
                ImageQuality = reader.ValueSpan.Length <= MaxWordBytes ? reader.GetString() : "";
                return;
            case RequestKey.Quiet or RequestKey.AnthropicVersion or RequestKey.GuardrailConfig or RequestKey.InferenceConfig
                or RequestKey.TextGenerationConfig or RequestKey.ImageGenerationConfig:
                return;
        }
        if (_markerDepth == reader.CurrentDepth)
        {
            _markerCounts |= _key == RequestKey.Type && (reader.ValueTextEquals("ephemeral"u8) || reader.ValueTextEquals("default"u8));
            _markerIsHour |= _key == RequestKey.Ttl && reader.ValueTextEquals("1h"u8);
            return;
        }
        var isText = _key switch
        {
            RequestKey.Quiet or RequestKey.Media or RequestKey.ImageUrl or RequestKey.Type or RequestKey.Ttl or RequestKey.Images => false,
            RequestKey.Data => !LooksLikeBase64(reader.ValueSpan),
            _ => true,
        };
        if (isText)
            TextBytes += EscapedText.CountBytes(reader.ValueSpan);
    }

    private void ReadNumber(ref Utf8JsonReader reader)
    {
        var isParameter = reader.CurrentDepth == 1 || (reader.CurrentDepth == 2
            && _root is RequestKey.InferenceConfig or RequestKey.TextGenerationConfig or RequestKey.ImageGenerationConfig or RequestKey.ExtraParameters);
        if (!isParameter || !reader.TryGetInt64(out var value) || value < 0)
            return;
        switch (_key)
        {
            case RequestKey.MaxTokens or RequestKey.MaxOutputTokens or RequestKey.MaxGenLen or RequestKey.MaxTokensToSample or RequestKey.MaxTokenCount:
                if (_root == RequestKey.ExtraParameters)
                    _extraMaxTokens = Math.Max(_extraMaxTokens, value);
                else
                    _maxTokens = Math.Max(_maxTokens ?? 0, value);
                break;
            case RequestKey.AnswerCount:
                Answers = (int)Math.Clamp(value, Answers, MaxAnswers);
                break;
            case RequestKey.Width when _root == RequestKey.ImageGenerationConfig:
                _width = (int)Math.Min(value, MaxPixels);
                break;
            case RequestKey.Height when _root == RequestKey.ImageGenerationConfig:
                _height = (int)Math.Min(value, MaxPixels);
                break;
            case RequestKey.ImageCount:
                RequestedImages = (int)Math.Min(value, 100);
                break;
        }
    }

    private static bool LooksLikeBase64(ReadOnlySpan<byte> text) =>
        text.Length >= 64 && !text[..64].ContainsAnyExcept(Base64Alphabet);
}
