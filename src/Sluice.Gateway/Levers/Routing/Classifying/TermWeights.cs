namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>How counts and shapes become values; training and scoring share these, so that they can't drift apart.</summary>
public static class TermWeights
{
    private static readonly float[] Small = [.. Enumerable.Range(0, 64).Select(count => count == 0 ? 0 : 1 + MathF.Log(count))];

    /// <summary>Sublinear term frequency, 1 + ln(count).</summary>
    public static float Of(int count) => count < Small.Length ? Small[count] : 1 + MathF.Log(count);

    /// <summary>Smooth inverse document frequency: ln((1 + prompts) / (1 + prompts with the feature)) + 1.</summary>
    public static float Idf(int prompts, int withFeature) => MathF.Log((1f + prompts) / (1f + withFeature)) + 1;

    public static float Standardised(float value, float mean, float deviation) =>
        Math.Clamp((value - mean) / deviation, -FeatureSpec.ShapeLimit, FeatureSpec.ShapeLimit);
}
