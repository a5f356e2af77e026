namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>What a trained router says of one prompt.</summary>
/// <param name="Gain">
/// How much better the strong model is expected to answer than the weak one, as a difference of scores from 0 to 1:
/// calibrated, so that it can be weighed against a price.
/// </param>
/// <param name="StrongShare">
/// The share of prompts like those of the training, from 0 to 1, that gain more than this one. Asked for 30 % strong
/// calls, those with a share up to 0.3 go to the strong model.
/// </param>
/// <param name="IsKnown">False where too little of the prompt was ever seen in training for the score to mean anything.</param>
public readonly record struct RouterScore(double Gain, double StrongShare, bool IsKnown)
{
    /// <summary>Whether the call goes to the strong model at a given share of strong calls; one that is not known always does, because that is the safe side.</summary>
    public bool PrefersStrong(double share) => !IsKnown || StrongShare <= share;
}
