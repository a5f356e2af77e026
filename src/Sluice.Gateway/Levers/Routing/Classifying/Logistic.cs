namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>Chances and their log-odds.</summary>
public static class Logistic
{
    /// <summary>The chance of log-odds.</summary>
    public static double Chance(double logit) => 1 / (1 + Math.Exp(-logit));

    /// <summary>The chance by a logistic regression.</summary>
    /// <param name="weights">The constant, then a weight for each feature.</param>
    public static double Chance(ReadOnlySpan<double> weights, ReadOnlySpan<double> features)
    {
        var sum = weights[0];
        for (var i = 0; i < features.Length; i++)
            sum += weights[i + 1] * features[i];
        return Chance(sum);
    }

    /// <summary>The log-odds of a chance that is kept off the ends.</summary>
    public static double Logit(double chance)
    {
        var held = Math.Clamp(chance, 1e-6, 1 - 1e-6);
        return Math.Log(held / (1 - held));
    }
}
