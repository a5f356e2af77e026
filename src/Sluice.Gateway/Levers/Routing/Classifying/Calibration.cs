namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>
/// Platt's scaling with the cheap rules beside the text: the chance of a right answer is the logistic function of a weighted
/// sum, fitted on prompts that the text's weights were not trained on. So the text counts for as much as it proved to be worth.
/// </summary>
/// <param name="Bias">The constant.</param>
/// <param name="Text">Weight of what the prompt's text says, as log-odds.</param>
/// <param name="Task">Weight of the task's mean score, as log-odds; 0 for calls without a known task.</param>
/// <param name="Length">Weight of the standardised logarithm of the prompt's length.</param>
public readonly record struct Calibration(float Bias, float Text, float Task, float Length)
{
    public double Probability(double text, double task, double length) =>
        Logistic.Chance(Bias + (Text * text) + (Task * task) + (Length * length));
}
