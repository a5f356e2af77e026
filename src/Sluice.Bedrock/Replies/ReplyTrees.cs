using Sluice.Bedrock.Anthropic;
using Sluice.Bedrock.Converse;
using Sluice.Bedrock.InvokeModel.Ai21;
using Sluice.Bedrock.InvokeModel.AnthropicText;
using Sluice.Bedrock.InvokeModel.Cohere;
using Sluice.Bedrock.InvokeModel.DeepSeek;
using Sluice.Bedrock.InvokeModel.Images;
using Sluice.Bedrock.InvokeModel.Llama;
using Sluice.Bedrock.InvokeModel.Mistral;
using Sluice.Bedrock.InvokeModel.Nova;
using Sluice.Bedrock.InvokeModel.Titan;
using Sluice.Bedrock.OpenAi;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Replies;

/// <summary>
/// What to look for in a reply of each dialect. Counts are looked for in the places of every vendor, since model families
/// change their reply format between versions and an imported model has any; only what is written text depends on the
/// dialect.
/// </summary>
internal static class ReplyTrees
{
    private static readonly FieldNode[] Trees = [.. Enum.GetValues<Dialect>().Select(Build)];

    public static FieldNode Of(Dialect dialect) => Trees[(int)dialect];

    private static FieldNode Build(Dialect dialect)
    {
        var root = new FieldNode();
        AddEnvelope(root);
        switch (dialect)
        {
            case Dialect.Converse:
                ConverseReply.AddCounts(root);
                ConverseReply.AddTexts(root);
                break;
            case Dialect.OpenAiResponses:
                ResponsesReply.AddCounts(root);
                ResponsesReply.AddAnswer(root);
                ResponsesReply.AddTexts(root);
                break;
            case Dialect.Guardrail:
                GuardrailReply.AddCounts(root);
                break;
            default:
                AddVendorCounts(root);
                AddTexts(root, dialect);
                break;
        }
        AddReports(root);
        return root;
    }

    /// <summary>
    /// Where replies report what they used. What stands there under no name of ours may be charged, so that only the names of this list are taken
    /// to cost nothing beside the counts that are read.
    /// </summary>
    private static void AddReports(FieldNode root)
    {
        ReadOnlySpan<string> withoutFee = [
            // Sums and parts of the tokens that are counted, and how far a guess of the answer held.
            "total_tokens", "totalTokens", "total_token_count", "reasoning_tokens", "reasoningTokens", "thinking_tokens", "text_tokens", "image_tokens",
            "accepted_prediction_tokens", "rejected_prediction_tokens", "cached_tokens", "num_cached_tokens", "prompt_cache_hit_tokens", "prompt_cache_miss_tokens",
            "input_tokens", "output_tokens", "prompt_tokens", "completion_tokens", "inputTokenCount", "outputTokenCount", "cache_write_tokens",
            "ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens",
            // Times, and what a vendor says that it would charge itself.
            "invocationLatency", "firstByteLatency", "latencyMs", "queue_time", "prompt_time", "completion_time", "total_time", "cost", "cost_in_usd_ticks",
            // Guardrail work that AWS calls free, and how many policies there are.
            "sensitiveInformationPolicyFreeUnits", "automatedReasoningPolicies",
        ];
        foreach (var report in (ReadOnlySpan<string>)["usage", "response.usage", "message.usage", "metadata.usage", "delta.usage", "tool_usage", "response.tool_usage",
            "meta.billed_units", "response.meta.billed_units", "amazon-bedrock-invocationMetrics"])
            root.AddReport(report, withoutFee);
    }

    /// <summary>What Bedrock itself adds to a vendor's reply, and how every vendor reports an error inside a stream.</summary>
    private static void AddEnvelope(FieldNode root)
    {
        const string Metrics = "amazon-bedrock-invocationMetrics.";
        root.Add(Metrics + "inputTokenCount", ReplyField.MetricsInput);
        root.Add(Metrics + "outputTokenCount", ReplyField.MetricsOutput);
        root.Add(Metrics + "cacheReadInputTokenCount", ReplyField.MetricsCacheRead);
        root.Add(Metrics + "cacheWriteInputTokenCount", ReplyField.MetricsCacheWrite);
        GuardrailReply.AddInvokeModelTrace(root);
        root.Add("type", ReplyField.EventType);
        root.Add("error", ReplyField.ErrorText);
        root.Add("error.type", ReplyField.ErrorType);
        root.Add("error.code", ReplyField.ErrorCode);
        root.Add("error.message", ReplyField.ErrorText);
    }

    private static void AddVendorCounts(FieldNode root)
    {
        // First, so that Anthropic's meaning of usage.input_tokens replaces that of the Responses API; UsageResolution
        // tells the two apart by the details that only the latter has.
        ResponsesReply.AddCounts(root);
        MessagesReply.AddCounts(root);
        ChatReply.AddCounts(root);
        ConverseReply.AddCounts(root);
        NovaReply.AddCounts(root);
        TitanReply.AddCounts(root);
        LlamaReply.AddCounts(root);
        MistralReply.AddCounts(root);
        DeepSeekReply.AddCounts(root);
        CohereReply.AddCounts(root);
        Ai21Reply.AddCounts(root);
        ImageReply.AddCounts(root);
    }

    private static void AddTexts(FieldNode root, Dialect dialect)
    {
        switch (dialect)
        {
            case Dialect.Anthropic: MessagesReply.AddTexts(root); break;
            case Dialect.AnthropicText: AnthropicTextReply.AddTexts(root); break;
            case Dialect.Nova: NovaReply.AddTexts(root); break;
            case Dialect.TitanText: TitanReply.AddTexts(root); break;
            case Dialect.Llama: LlamaReply.AddTexts(root); break;
            case Dialect.Mistral: MistralReply.AddTexts(root); break;
            case Dialect.CohereCommand: CohereReply.AddTexts(root); break;
            case Dialect.Ai21: Ai21Reply.AddTexts(root); break;
            case Dialect.DeepSeek: DeepSeekReply.AddTexts(root); break;
            case Dialect.Qwen or Dialect.OpenAi: ChatReply.AddTexts(root); break;
            case Dialect.Unknown: AddAllTexts(root); break;
        }
    }

    /// <summary>For a dialect that nobody knows: every string counts as text but those that are labels or vectors by name.</summary>
    private static void AddAllTexts(FieldNode root)
    {
        MessagesReply.AddTexts(root);
        NovaReply.AddTexts(root);
        ChatReply.AddTexts(root);
        root.AddTexts("*");
        root.Ignore("id", "object", "role", "created", "system_fingerprint", "index", "usage", "metrics", "meta",
            "delta", "choices", "output", "data", "embedding", "embeddings", "contentBlockIndex");
    }
}
