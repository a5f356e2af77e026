using Sluice.Bedrock.Converse;
using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.InvokeModel.Nova;

/// <summary>Nova answers InvokeModel as Converse does; its stream wraps each event in an object named after it.</summary>
internal static class NovaReply
{
    public static void AddCounts(FieldNode root)
    {
        ConverseReply.AddCounts(root, "metadata.");
        root.Add("messageStop.stopReason", ReplyField.StopReason);
        ConverseReply.AddBlocks(root, "contentBlockStart.start.", "contentBlockDelta.delta.reasoningContent.");
    }

    public static void AddTexts(FieldNode root)
    {
        ConverseReply.AddTexts(root);
        ConverseReply.AddEventTexts(root, "contentBlockStart.start.", "contentBlockDelta.delta.");
    }
}
