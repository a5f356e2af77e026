namespace Sluice.Gateway.Levers.SemanticRecall.Embedders;

/// <summary>
/// What a threshold depends on. A cosine of 0.95 means another thing in each space, so a calibration holds for one identity and
/// for no other.
/// </summary>
/// <param name="Version">What the numbers were learned from, such as the fingerprint of the frequencies.</param>
public sealed record EmbedderIdentity(string Name, int Dimensions, string Version)
{
    public override string ToString() => $"{Name}/{Dimensions}/{Version}";
}
