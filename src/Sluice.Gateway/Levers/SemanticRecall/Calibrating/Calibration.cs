using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Calibrating;

/// <summary>
/// From which score on a match is served, for one embedder, in one version, with or without a verifier. There is no threshold
/// without labelled pairs behind it.
/// </summary>
/// <param name="Embedder">The threshold means nothing in another space.</param>
/// <param name="IsVerified">The score is the verifier's probability; else it is the cosine.</param>
/// <param name="TargetPrecision">The share of right matches that was asked for.</param>
/// <param name="PrecisionLow">The lower end of the 95 % interval of the share that was found; at least the target.</param>
/// <param name="Margin">How much closer than any entry with another answer the nearest must be, in cosine.</param>
/// <param name="Labels">How many labels it was made from.</param>
/// <param name="Accepted">How many of them it lets pass.</param>
public sealed record Calibration(EmbedderIdentity Embedder, bool IsVerified, double TargetPrecision, double PrecisionLow, double Threshold, double Margin, int Labels, int Accepted)
{
    public bool HoldsFor(EmbedderIdentity embedder, bool isVerified) => Embedder == embedder && IsVerified == isVerified;
}
