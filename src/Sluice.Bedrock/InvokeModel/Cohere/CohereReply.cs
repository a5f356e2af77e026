using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.InvokeModel.Cohere;

/// <summary>
/// Cohere's command, embed and rerank. What is billed stands in <c>billed_units</c>; <c>tokens</c> beside it also has the
/// service's own wrapping and is not billed. Older models report nothing.
/// </summary>
internal static class CohereReply
{
    public static void AddCounts(FieldNode root)
    {
        foreach (var units in (ReadOnlySpan<string>)["meta.billed_units.", "usage.billed_units.", "response.meta.billed_units.", "delta.usage.billed_units."])
        {
            root.Add(units + "input_tokens", ReplyField.Input);
            root.Add(units + "output_tokens", ReplyField.Output);
            root.Add(units + "search_units", ReplyField.SearchUnits);
            root.Add(units + "images", ReplyField.InputImages);
        }
        root.Add("finish_reason", ReplyField.StopReason);
        root.Add("delta.finish_reason", ReplyField.StopReason);
        root.Add("generations[].finish_reason", ReplyField.StopReason);
    }

    public static void AddTexts(FieldNode root) => root.AddTexts(
        "text",
        "generations[].text",
        "message.content[].text",
        "message.tool_calls",
        "tool_calls[].parameters",
        "delta.message.content.text",
        "delta.message.tool_calls");
}
