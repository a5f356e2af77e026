using Sluice.Bedrock.OpenAi;
using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.InvokeModel.Ai21;

/// <summary>AI21: Jamba answers as OpenAI's chat completions; Jurassic lists every token of prompt and completion instead of counting.</summary>
internal static class Ai21Reply
{
    public static void AddCounts(FieldNode root)
    {
        root.AddCounted("prompt.tokens", ReplyField.Input);
        root.AddCounted("completions[].data.tokens", ReplyField.Output);
        root.Add("completions[].finishReason.reason", ReplyField.StopReason);
    }

    public static void AddTexts(FieldNode root)
    {
        root.AddTexts("completions[].data.text");
        ChatReply.AddTexts(root);
    }
}
