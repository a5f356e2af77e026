namespace Sluice.Gateway.Levers.Cascading.Scoring;

/// <summary>What a trained scorer says of one answer of the weak model.</summary>
/// <param name="Weak">The expected score of the answer, from 0 to 1.</param>
/// <param name="Strong">The expected score of what the strong model would answer.</param>
/// <param name="PromptGain">The strong model's expected gain by the prompt alone.</param>
/// <param name="EscalatedShare">The share of answers like those of the training that gain more from an escalation than this one.</param>
/// <param name="IsKnown">False where too little of prompt or answer was ever seen in training for the score to mean anything.</param>
public readonly record struct AnswerScore(double Weak, double Strong, double PromptGain, double EscalatedShare, bool IsKnown)
{
    /// <summary>How much the strong model is expected to gain.</summary>
    public double Gain => Strong - Weak;

    /// <summary>Whether the call goes on at a given share of escalations; one that is not known always does, because that is the safe side.</summary>
    public bool GoesOn(double share) => !IsKnown || EscalatedShare <= share;
}
