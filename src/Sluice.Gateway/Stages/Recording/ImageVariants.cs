using Sluice.Bedrock.Requests;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>
/// Some image models cost by the size and quality that the request names. The price book has them as variants of the model,
/// <c>MODEL/1024/standard</c>, where the size is the most pixels that the longer side of the image may have.
/// </summary>
internal static class ImageVariants
{
    private const string DefaultQuality = "standard";
    private static readonly int[] Sizes = [512, 1024, 2048, 4096];

    /// <summary>The name under which the book prices the call; the model itself where it has no variants, or the request doesn't tell which.</summary>
    public static string Of(string model, RequestFacts facts, PriceBook prices)
    {
        if (facts.ImageSize is not { } size || model.Length == 0)
            return model;
        foreach (var most in Sizes)
        {
            if (size <= most && $"{model}/{most}/{facts.ImageQuality ?? DefaultQuality}" is var variant && prices.Models.Find(variant) is { Exists: true })
                return variant;
        }
        return model;
    }
}
