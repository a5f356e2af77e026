using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.Anthropic;

/// <summary>
/// Where Anthropic's Messages replies say what was used, in InvokeModel and on Bedrock's own Messages path. A stream opens
/// with the input counts and a placeholder for the output; <c>message_delta</c> has running totals. <c>input_tokens</c>
/// leaves out the cached parts, and <c>cache_creation</c> splits <c>cache_creation_input_tokens</c> by lifetime.
/// </summary>
internal static class MessagesReply
{
    public static void AddCounts(FieldNode root)
    {
        AddUsage(root, "message.usage.", ReplyField.FirstOutput);
        AddUsage(root, "usage.", ReplyField.Output);
        AddIterations(root);
        AddBlock(root, "content[]");
        AddBlock(root, "content_block");
        root.Add("delta.signature", ReplyField.Thought);
        root.Add("model", ReplyField.Model);
        root.Add("message.model", ReplyField.Model);
        root.Add("stop_reason", ReplyField.StopReason);
        root.Add("delta.stop_reason", ReplyField.StopReason);
    }

    public static void AddTexts(FieldNode root) => root.AddTexts(
        "content[].text",
        "content[].thinking",
        "content[].name",
        "content[].input",
        "content_block.name",
        "delta.text",
        "delta.thinking",
        "delta.partial_json");

    private static void AddUsage(FieldNode root, string usage, ReplyField output)
    {
        root.Add(usage + "input_tokens", ReplyField.Input);
        root.Add(usage + "output_tokens", output);
        root.Add(usage + "cache_read_input_tokens", ReplyField.CacheRead);
        root.Add(usage + "cache_creation_input_tokens", ReplyField.CacheWrite);
        root.Add(usage + "cache_creation.ephemeral_5m_input_tokens", ReplyField.CacheWrite5m);
        root.Add(usage + "cache_creation.ephemeral_1h_input_tokens", ReplyField.CacheWrite1h);
        root.Add(usage + "server_tool_use.web_search_requests", ReplyField.WebSearches);
    }

    private static void AddBlock(FieldNode root, string block)
    {
        root.AddItem(block);
        root.Add(block + ".type", ReplyField.BlockType);
        root.Add(block + ".name", ReplyField.BlockName);
    }

    /// <summary>
    /// A pass that compacts the context is billed but left out of the counts above it; the other iterations are in them
    /// (Anthropic's documentation, "Compaction", usage).
    /// </summary>
    private static void AddIterations(FieldNode root)
    {
        const string Iteration = "usage.iterations[]";
        root.AddItem(Iteration);
        root.Add(Iteration + ".type", ReplyField.ItemType);
        root.Add(Iteration + ".input_tokens", ReplyField.ItemInput);
        root.Add(Iteration + ".output_tokens", ReplyField.ItemOutput);
        root.Add(Iteration + ".cache_read_input_tokens", ReplyField.ItemCacheRead);
        root.Add(Iteration + ".cache_creation_input_tokens", ReplyField.ItemCacheWrite);
    }
}
