using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.Converse;

/// <summary>
/// Where Converse and the events of ConverseStream say what was used. <c>inputTokens</c> leaves out what was read from and
/// written to the cache; <c>cacheDetails</c> splits the writes by lifetime (API reference, TokenUsage).
/// </summary>
internal static class ConverseReply
{
    public static void AddCounts(FieldNode root) => AddCounts(root, "");

    /// <summary>The same under a prefix: Nova's own stream wraps Converse's events in an object named after the event.</summary>
    public static void AddCounts(FieldNode root, string prefix)
    {
        var usage = prefix + "usage.";
        root.Add(usage + "inputTokens", ReplyField.Input);
        root.Add(usage + "outputTokens", ReplyField.Output);
        root.Add(usage + "totalTokens", ReplyField.TotalTokens);
        // Nova's InvokeModel reply has both spellings of the cache counts, with the same numbers.
        root.Add(usage + "cacheReadInputTokens", ReplyField.CacheRead);
        root.Add(usage + "cacheReadInputTokenCount", ReplyField.CacheRead);
        root.Add(usage + "cacheWriteInputTokens", ReplyField.CacheWrite);
        root.Add(usage + "cacheWriteInputTokenCount", ReplyField.CacheWrite);
        root.AddItem(usage + "cacheDetails[]");
        root.Add(usage + "cacheDetails[].ttl", ReplyField.ItemTtl);
        root.Add(usage + "cacheDetails[].inputTokens", ReplyField.ItemTokens);

        root.Add(prefix + "serviceTier.type", ReplyField.Tier);
        root.Add(prefix + "trace.promptRouter.invokedModelId", ReplyField.RouterModel);
        GuardrailReply.AddAssessment(root, prefix + "trace.guardrail.inputAssessment.*");
        GuardrailReply.AddAssessment(root, prefix + "trace.guardrail.outputAssessments.*[]");
        root.Add("stopReason", ReplyField.StopReason);
        AddBlocks(root, "output.message.content[].", "output.message.content[].reasoningContent.reasoningText.");
        AddBlocks(root, "start.", "delta.reasoningContent.");
    }

    /// <summary>Where a tool is called, which may be one of AWS's own such as Nova's grounding, and where the model thought.</summary>
    public static void AddBlocks(FieldNode root, string tool, string reasoning)
    {
        root.AddItem(tool + "toolUse");
        root.Add(tool + "toolUse.type", ReplyField.BlockType);
        root.Add(tool + "toolUse.name", ReplyField.BlockName);
        root.Add(reasoning + "text", ReplyField.Thought);
        root.Add(reasoning + "signature", ReplyField.Thought);
        root.Add(reasoning + "redactedContent", ReplyField.Thought);
    }

    public static void AddTexts(FieldNode root)
    {
        root.AddTexts(
            "output.message.content[].text",
            "output.message.content[].reasoningContent.reasoningText.text",
            "output.message.content[].toolUse.name",
            "output.message.content[].toolUse.input",
            "output.message.content[].citationsContent.content[].text");
        AddEventTexts(root, "start.", "delta.");
    }

    public static void AddEventTexts(FieldNode root, string start, string delta) => root.AddTexts(
        start + "toolUse.name",
        delta + "text",
        delta + "toolUse.input",
        delta + "reasoningContent.text");
}
