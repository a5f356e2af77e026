using Sluice.Bedrock.Json;

namespace Sluice.Bedrock.Requests;

/// <summary>What a property name means in a request body of any dialect.</summary>
internal enum RequestKey
{
    /// <summary>Its strings are part of the prompt.</summary>
    Other,

    /// <summary>Its strings are parameters and labels, not prompt.</summary>
    Quiet,

    /// <summary>Its strings are media or links to media.</summary>
    Media,

    /// <summary><c>data</c>: media in base64, but the text itself in Anthropic's plain-text documents.</summary>
    Data,

    CacheMarker,
    Type,
    Ttl,
    Latency,
    ImageUrl,

    Model,
    Stream,
    ServiceTier,
    PerformanceConfig,
    GuardrailConfig,
    RequestMetadata,
    MaxTokens,
    ImageCount,
    Tools,

    System,
    Messages,
    Prompt,
    AnthropicVersion,
    InferenceConfig,
    InputText,
    InputImage,
    EmbeddingParams,
    TextGenerationConfig,
    ImageGenerationConfig,
    MaxGenLen,
    MaxTokensToSample,
    MaxTokenCount,
    Texts,
    Images,
    Query,
    Documents,
    TextPrompts,
    MaxOutputTokens,
    AnswerCount,
    ExtraParameters,
    Background,
    Width,
    Height,
    Quality,
    TaskType,
}

/// <summary>The names, as the request schemas of the dialects spell them.</summary>
internal static class RequestKeys
{
    private static readonly Utf8Table<RequestKey> Table = Build();

    public static RequestKey Of(ReadOnlySpan<byte> name) => Table.TryGet(name, out var key) ? key : RequestKey.Other;

    private static Utf8Table<RequestKey> Build()
    {
        var table = new Utf8Table<RequestKey>();
        Set(RequestKey.Quiet, "id", "role", "format", "media_type", "mime_type", "toolUseId", "tool_use_id", "tool_call_id",
            "signature", "status", "detail", "user", "metadata", "stop", "stop_sequences", "stopSequences", "anthropic_beta",
            "api_version", "input_type", "embedding_types", "encoding_format", "truncate", "previous_response_id",
            "prompt_cache_key", "safety_identifier", "stream_options", "clientRequestToken", "outputDataConfig",
            "additionalModelResponseFieldPaths", "include", "reasoning_effort", "encrypted_content", "redactedContent",
            "tool_choice", "toolChoice", "outputConfig", "schemaVersion", "uri", "bucketOwner", "tags");
        Set(RequestKey.Media, "bytes", "url", "image", "maskImage", "init_image", "mask", "b64_json", "file_data", "file_id");
        Set(RequestKey.Data, "data");
        Set(RequestKey.CacheMarker, "cache_control", "cachePoint");
        Set(RequestKey.Type, "type");
        Set(RequestKey.Ttl, "ttl");
        Set(RequestKey.Latency, "latency");
        Set(RequestKey.ImageUrl, "image_url");
        Set(RequestKey.Model, "model", "modelId");
        Set(RequestKey.Stream, "stream");
        Set(RequestKey.ServiceTier, "service_tier", "serviceTier");
        Set(RequestKey.PerformanceConfig, "performanceConfig");
        Set(RequestKey.GuardrailConfig, "guardrailConfig", "amazon-bedrock-guardrailConfig");
        Set(RequestKey.RequestMetadata, "requestMetadata");
        Set(RequestKey.MaxTokens, "max_tokens", "maxTokens", "max_completion_tokens", "max_new_tokens", "maxNewTokens");
        Set(RequestKey.Background, "background");
        Set(RequestKey.Width, "width");
        Set(RequestKey.Height, "height");
        Set(RequestKey.Quality, "quality");
        Set(RequestKey.TaskType, "taskType");
        Set(RequestKey.MaxOutputTokens, "max_output_tokens", "maxOutputTokens");
        Set(RequestKey.MaxGenLen, "max_gen_len");
        Set(RequestKey.MaxTokensToSample, "max_tokens_to_sample");
        Set(RequestKey.MaxTokenCount, "maxTokenCount");
        Set(RequestKey.ImageCount, "numberOfImages", "samples");
        Set(RequestKey.AnswerCount, "n", "best_of", "num_generations", "numResults");
        Set(RequestKey.ExtraParameters, "additionalModelRequestFields");
        Set(RequestKey.Tools, "tools", "toolConfig", "functions");
        Set(RequestKey.System, "system");
        Set(RequestKey.Messages, "messages");
        Set(RequestKey.Prompt, "prompt");
        Set(RequestKey.AnthropicVersion, "anthropic_version");
        Set(RequestKey.InferenceConfig, "inferenceConfig");
        Set(RequestKey.InputText, "inputText");
        Set(RequestKey.InputImage, "inputImage");
        Set(RequestKey.EmbeddingParams, "singleEmbeddingParams");
        Set(RequestKey.TextGenerationConfig, "textGenerationConfig");
        Set(RequestKey.ImageGenerationConfig, "imageGenerationConfig");
        Set(RequestKey.Texts, "texts");
        Set(RequestKey.Images, "images");
        Set(RequestKey.Query, "query");
        Set(RequestKey.Documents, "documents");
        Set(RequestKey.TextPrompts, "text_prompts");
        return table;

        void Set(RequestKey key, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                table.Set(name, key);
        }
    }
}
