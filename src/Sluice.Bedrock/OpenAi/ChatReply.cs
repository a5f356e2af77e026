using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.OpenAi;

/// <summary>
/// Where chat completions and embeddings say what was used, on Bedrock's OpenAI paths and in the InvokeModel bodies of the
/// many models that speak this dialect. <c>prompt_tokens</c> has the cached parts inside (OpenAI's prompt caching guide).
/// </summary>
internal static class ChatReply
{
    public static void AddCounts(FieldNode root)
    {
        root.Add("usage.prompt_tokens", ReplyField.TotalInput);
        root.Add("usage.prompt_tokens_details.cached_tokens", ReplyField.CacheReadOfTotal);
        root.Add("usage.prompt_tokens_details.cache_write_tokens", ReplyField.CacheWriteOfTotal);
        root.Add("usage.completion_tokens", ReplyField.Output);
        root.Add("usage.completion_tokens_details.reasoning_tokens", ReplyField.Reasoning);
        root.Add("usage.total_tokens", ReplyField.TotalTokens);
        root.Add("usage.prompt_tokens_details.audio_tokens", ReplyField.InputAudio);
        root.Add("usage.completion_tokens_details.audio_tokens", ReplyField.OutputAudio);
        root.Add("model", ReplyField.Model);
        root.Add("service_tier", ReplyField.Tier);
        root.Add("choices[].finish_reason", ReplyField.StopReason);
    }

    public static void AddTexts(FieldNode root)
    {
        AddMessageTexts(root, "choices[].message.");
        AddMessageTexts(root, "choices[].delta.");
        root.AddTexts("choices[].text");
    }

    private static void AddMessageTexts(FieldNode root, string message) => root.AddTexts(
        message + "content",
        message + "reasoning_content",
        message + "reasoning",
        message + "refusal",
        message + "tool_calls[].function");
}
