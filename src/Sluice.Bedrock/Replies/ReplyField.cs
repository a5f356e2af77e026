namespace Sluice.Bedrock.Replies;

/// <summary>What a place in a reply says. The order groups them by how a later document of the same reply adds to an earlier one.</summary>
internal enum ReplyField
{
    None,

    // Counts of which the greatest over all documents holds: every dialect's streams report running totals, never increments.

    /// <summary>Uncached input.</summary>
    Input,

    /// <summary>Input with the cached parts inside, as OpenAI counts it.</summary>
    TotalInput,
    CacheRead,
    CacheReadOfTotal,
    CacheWrite,
    CacheWriteOfTotal,
    CacheWrite5m,
    CacheWrite1h,
    Output,

    /// <summary>The output count that opens an Anthropic stream: a placeholder until the final one.</summary>
    FirstOutput,
    TotalTokens,
    Reasoning,
    MetricsInput,
    MetricsOutput,
    MetricsCacheRead,
    MetricsCacheWrite,
    SearchUnits,
    InputImages,

    // What Anthropic's context compaction used beside the counts above; summed over its passes.
    CompactionInput,
    CompactionOutput,
    CompactionCacheRead,
    CompactionCacheWrite,

    // Counts that add up over documents: each tells of its own piece of work.
    OutputImages,
    GuardrailContent,
    GuardrailTopic,
    GuardrailWord,
    GuardrailSensitiveInformation,
    GuardrailGrounding,
    GuardrailAutomatedReasoning,
    GuardrailImage,

    // Parts of one array item, whose meaning is known only at the item's end.
    ItemTokens,
    ItemInput,
    ItemOutput,
    ItemCacheRead,
    ItemCacheWrite,
    ItemTtl,
    ItemType,

    // Texts.
    Model,
    RouterModel,
    StopReason,
    ResponseStatus,
    Tier,
    EventType,
    ErrorType,
    ErrorCode,
    EventCode,

    /// <summary>An error told in free text, which may quote the caller's content and is therefore not kept.</summary>
    ErrorText,
}
