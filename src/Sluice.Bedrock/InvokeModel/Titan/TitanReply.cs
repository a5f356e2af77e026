using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.InvokeModel.Titan;

/// <summary>Titan text and embeddings (user guide, "Amazon Titan models"). A stream's counts are null until its last chunk.</summary>
internal static class TitanReply
{
    public static void AddCounts(FieldNode root)
    {
        root.Add("inputTextTokenCount", ReplyField.Input);
        root.AddSummed("results[].tokenCount", ReplyField.Output);
        root.Add("totalOutputTextTokenCount", ReplyField.Output);
        root.Add("results[].completionReason", ReplyField.StopReason);
        root.Add("completionReason", ReplyField.StopReason);
    }

    public static void AddTexts(FieldNode root) => root.AddTexts("results[].outputText", "outputText");
}
