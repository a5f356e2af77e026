using Sluice.Bedrock.OpenAi;
using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.InvokeModel.Mistral;

/// <summary>
/// Mistral: text completions and the first chat models report nothing in the body; the newer ones answer as OpenAI's chat
/// completions do, and some call <c>finish_reason</c> <c>stop_reason</c>.
/// </summary>
internal static class MistralReply
{
    public static void AddCounts(FieldNode root)
    {
        root.Add("outputs[].stop_reason", ReplyField.StopReason);
        root.Add("choices[].stop_reason", ReplyField.StopReason);
    }

    public static void AddTexts(FieldNode root)
    {
        root.AddTexts("outputs[].text");
        ChatReply.AddTexts(root);
    }
}
