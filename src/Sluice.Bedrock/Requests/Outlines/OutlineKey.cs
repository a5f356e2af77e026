using Sluice.Bedrock.Json;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>What a property name means to an outline. Names that no dialect uses side by side share a key.</summary>
internal enum OutlineKey
{
    Unknown,

    Messages,
    System,
    Tools,
    Functions,
    ToolConfig,
    InferenceConfig,
    AdditionalFields,
    Guardrail,
    OutputConfig,
    OutputFormat,
    Thinking,
    BudgetTokens,

    CamelMaxTokens,
    SnakeMaxTokens,
    MaxCompletionTokens,
    MaxNewTokens,
    Temperature,
    TopP,
    TopK,
    Seed,
    StopSequences,

    Role,
    Content,
    ToolCalls,
    FunctionCall,

    Type,
    Text,
    Image,
    Document,
    ToolUse,
    ToolResult,
    ReasoningContent,
    Source,
    Data,
    DeferLoading,
    CacheControl,
    CachePoint,
    Ttl,
}

/// <summary>The names, as the request schemas spell them.</summary>
internal static class OutlineKeys
{
    private static readonly Utf8Table<OutlineKey> Table = Build();

    /// <summary>The bytes of the longest name when each of its letters is written as <c>\u0061</c>.</summary>
    public const int LongestEscaped = 6 * 32;

    public static OutlineKey Of(ReadOnlySpan<byte> name) => Table.TryGet(name, out var key) ? key : OutlineKey.Unknown;

    private static Utf8Table<OutlineKey> Build()
    {
        var table = new Utf8Table<OutlineKey>();
        Set(OutlineKey.Messages, "messages");
        Set(OutlineKey.System, "system");
        Set(OutlineKey.Tools, "tools");
        Set(OutlineKey.Functions, "functions");
        Set(OutlineKey.ToolConfig, "toolConfig");
        Set(OutlineKey.InferenceConfig, "inferenceConfig");
        Set(OutlineKey.AdditionalFields, "additionalModelRequestFields");
        Set(OutlineKey.Guardrail, "guardrailConfig", "amazon-bedrock-guardrailConfig");
        Set(OutlineKey.OutputConfig, "outputConfig", "output_config");
        Set(OutlineKey.OutputFormat, "textFormat", "format", "output_format", "response_format");
        Set(OutlineKey.Thinking, "thinking");
        Set(OutlineKey.BudgetTokens, "budget_tokens");
        Set(OutlineKey.CamelMaxTokens, "maxTokens");
        Set(OutlineKey.SnakeMaxTokens, "max_tokens");
        Set(OutlineKey.MaxCompletionTokens, "max_completion_tokens");
        Set(OutlineKey.MaxNewTokens, "max_new_tokens");
        Set(OutlineKey.Temperature, "temperature");
        Set(OutlineKey.TopP, "topP", "top_p");
        Set(OutlineKey.TopK, "topK", "top_k");
        Set(OutlineKey.Seed, "seed");
        Set(OutlineKey.StopSequences, "stopSequences", "stop_sequences", "stop");
        Set(OutlineKey.Role, "role");
        Set(OutlineKey.Content, "content");
        Set(OutlineKey.ToolCalls, "tool_calls");
        Set(OutlineKey.FunctionCall, "function_call");
        Set(OutlineKey.Type, "type");
        Set(OutlineKey.Text, "text");
        Set(OutlineKey.Image, "image");
        Set(OutlineKey.Document, "document");
        Set(OutlineKey.ToolUse, "toolUse");
        Set(OutlineKey.ToolResult, "toolResult");
        Set(OutlineKey.ReasoningContent, "reasoningContent");
        Set(OutlineKey.Source, "source");
        Set(OutlineKey.Data, "data");
        Set(OutlineKey.DeferLoading, "defer_loading");
        Set(OutlineKey.CacheControl, "cache_control");
        Set(OutlineKey.CachePoint, "cachePoint");
        Set(OutlineKey.Ttl, "ttl");
        return table;

        void Set(OutlineKey key, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                table.Set(name, key);
        }
    }
}
