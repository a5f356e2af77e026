using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.OpenAi;

/// <summary>
/// Where the Responses API says what was used: in the reply, or in the <c>response</c> of the stream's last event.
/// <c>input_tokens</c> has the cached parts inside, unlike Anthropic's field of the same name.
/// </summary>
internal static class ResponsesReply
{
    public static void AddCounts(FieldNode root)
    {
        AddResponse(root, "");
        AddResponse(root, "response.");
        root.Add("code", ReplyField.EventCode);
    }

    /// <summary>By which id the answer may be read again.</summary>
    public static void AddAnswer(FieldNode root)
    {
        root.Add("id", ReplyField.AnswerId);
        root.Add("response.id", ReplyField.AnswerId);
    }

    /// <summary>The stream's deltas; the events that repeat finished parts whole are left out, or all would count twice.</summary>
    public static void AddTexts(FieldNode root) => root.AddTexts(
        "output[].content[].text",
        "output[].content[].refusal",
        "output[].summary[].text",
        "output[].name",
        "output[].arguments",
        "delta");

    private static void AddResponse(FieldNode root, string response)
    {
        root.Add(response + "usage.input_tokens", ReplyField.TotalInput);
        root.Add(response + "usage.input_tokens_details.cached_tokens", ReplyField.CacheReadOfTotal);
        root.Add(response + "usage.input_tokens_details.cache_write_tokens", ReplyField.CacheWriteOfTotal);
        root.Add(response + "usage.output_tokens", ReplyField.Output);
        root.Add(response + "usage.output_tokens_details.reasoning_tokens", ReplyField.Reasoning);
        root.Add(response + "usage.total_tokens", ReplyField.TotalTokens);
        root.Add(response + "usage.input_tokens_details.audio_tokens", ReplyField.InputAudio);
        root.Add(response + "usage.output_tokens_details.audio_tokens", ReplyField.OutputAudio);
        root.Add(response + "tool_usage.web_search.num_requests", ReplyField.WebSearches);
        root.AddItem(response + "output[]");
        root.Add(response + "output[].type", ReplyField.BlockType);
        root.Add(response + "model", ReplyField.Model);
        root.Add(response + "service_tier", ReplyField.Tier);
        root.Add(response + "status", ReplyField.ResponseStatus);
        root.Add(response + "incomplete_details.reason", ReplyField.StopReason);
        root.Add(response + "error.code", ReplyField.ErrorCode);
    }
}
