using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.InvokeModel.Images;

/// <summary>Image models of Amazon and Stability: what is billed is the images that came back.</summary>
internal static class ImageReply
{
    public static void AddCounts(FieldNode root)
    {
        root.AddCounted("images", ReplyField.OutputImages);
        root.AddCounted("artifacts", ReplyField.OutputImages);
    }
}
