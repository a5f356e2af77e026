using System.Collections.Frozen;

namespace Sluice.Core.Metering;

/// <summary>What a price is charged for. The first five are the disjoint token counts; the rest are units of other kinds.</summary>
public enum UsageKind
{
    Input,
    CacheRead,
    /// <summary>Cache writes with the shortest lifetime: 5 minutes, or the 30 minutes of the OpenAI models, which have no other.</summary>
    CacheWrite5m,
    CacheWrite1h,
    Output,
    InputImage,
    OutputImage,
    InputAudioSecond,
    InputVideoSecond,
    SearchUnit,
    GuardrailContentUnit,
    GuardrailTopicUnit,
    GuardrailWordUnit,
    GuardrailSensitiveInformationUnit,
    GuardrailGroundingUnit,
    GuardrailAutomatedReasoningUnit,
    GuardrailImageUnit,
    RouterRequest,
    ModelUnitHour,
    ModelUnitHour1Month,
    ModelUnitHour6Month,
    CustomModelUnitMinute,
    CustomModelUnitMonth,

    /// <summary>Seconds of video that a model made.</summary>
    OutputVideoSecond,

    /// <summary>Tokens of speech or other sound, which cost more than those of text; they are in none of the five token counts.</summary>
    InputAudioToken,
    OutputAudioToken,

    /// <summary>A web search or a grounding that the model itself made.</summary>
    WebSearch,

    /// <summary>A call of another tool that runs at the provider.</summary>
    ServerToolCall,

    /// <summary>A page of a document that was read or made by the page.</summary>
    Page,

    /// <summary>What a reply says was used and Sluice has no kind for. It has no price, so that what the call costs is not known.</summary>
    Unknown,
}

/// <summary>The stable snake_case names of the kinds, as they stand in exports and in the price file.</summary>
public static class UsageKinds
{
    private static readonly string[] Names = [
        "input", "cache_read", "cache_write_5m", "cache_write_1h", "output",
        "input_image", "output_image", "input_audio_second", "input_video_second", "search_unit",
        "guardrail_content_unit", "guardrail_topic_unit", "guardrail_word_unit", "guardrail_sensitive_information_unit",
        "guardrail_grounding_unit", "guardrail_automated_reasoning_unit", "guardrail_image_unit", "router_request",
        "model_unit_hour", "model_unit_hour_1_month", "model_unit_hour_6_month", "custom_model_unit_minute", "custom_model_unit_month",
        "output_video_second", "input_audio_token", "output_audio_token", "web_search", "server_tool_call", "page", "unknown"];

    private static readonly FrozenDictionary<string, UsageKind> ByName =
        Names.Select((name, i) => (name, kind: (UsageKind)i)).ToFrozenDictionary(p => p.name, p => p.kind, StringComparer.Ordinal);

    public static IReadOnlyList<UsageKind> All { get; } = Enum.GetValues<UsageKind>();

    public static string Name(this UsageKind kind) => Names[(int)kind];

    public static bool TryParse(string name, out UsageKind kind) => ByName.TryGetValue(name, out kind);

    public static bool IsToken(this UsageKind kind) => kind <= UsageKind.Output;
}
