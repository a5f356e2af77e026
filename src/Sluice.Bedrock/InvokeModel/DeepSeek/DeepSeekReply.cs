using Sluice.Bedrock.OpenAi;
using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.InvokeModel.DeepSeek;

/// <summary>DeepSeek: R1 answers with <c>choices[].text</c> and no usage, V3 as OpenAI's chat completions.</summary>
internal static class DeepSeekReply
{
    public static void AddCounts(FieldNode root) => root.Add("choices[].stop_reason", ReplyField.StopReason);

    public static void AddTexts(FieldNode root) => ChatReply.AddTexts(root);
}
