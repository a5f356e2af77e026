using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.InvokeModel.AnthropicText;

/// <summary>Claude 2 and Instant with <c>prompt</c>: no counts in the body, so headers and invocation metrics speak alone.</summary>
internal static class AnthropicTextReply
{
    public static void AddTexts(FieldNode root) => root.AddTexts("completion");
}
