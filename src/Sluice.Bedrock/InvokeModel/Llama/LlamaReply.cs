using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.InvokeModel.Llama;

/// <summary>Llama: a stream gives the prompt's count in its first chunk only, and the output so far in each.</summary>
internal static class LlamaReply
{
    public static void AddCounts(FieldNode root)
    {
        root.Add("prompt_token_count", ReplyField.Input);
        root.Add("generation_token_count", ReplyField.Output);
        root.Add("stop_reason", ReplyField.StopReason);
    }

    public static void AddTexts(FieldNode root) => root.AddTexts("generation");
}
