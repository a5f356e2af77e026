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

    /// <summary>Tokens of speech within the counts of input and output.</summary>
    InputAudio,
    OutputAudio,

    /// <summary>Searches that AWS made for the model, by its own count.</summary>
    WebSearches,

    // What Anthropic's context compaction used beside the counts above; summed over its passes.
    CompactionInput,
    CompactionOutput,
    CompactionCacheRead,
    CompactionCacheWrite,

    // Counts that add up over documents: each tells of its own piece of work.
    OutputImages,

    /// <summary>Blocks that say that AWS searched for the model.</summary>
    SearchBlocks,

    /// <summary>The same, of a sort that is not charged by the block.</summary>
    SearchCalls,

    /// <summary>Blocks that say that some other tool ran on AWS's side.</summary>
    ToolBlocks,
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

    /// <summary>The kind and the name of a block of the answer, which may be the call of a tool that ran on AWS's side.</summary>
    BlockType,
    BlockName,

    /// <summary>A count in a report of usage under a name that is not known.</summary>
    UnknownCount,

    /// <summary>A sign that the model thought, so that it may have written more than its text shows.</summary>
    Thought,

    // Texts.
    Model,
    RouterModel,
    StopReason,
    AnswerId,
    ResponseStatus,
    Tier,
    EventType,
    ErrorType,
    ErrorCode,
    EventCode,

    /// <summary>An error told in free text, which may quote the caller's content and is therefore not kept.</summary>
    ErrorText,
}
