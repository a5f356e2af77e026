namespace Sluice.Core.Savings;

/// <summary>
/// Whether answers are worse than others by more than a margin, by pairs that are looked at after each one. The test is by
/// betting (I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", Journal of the Royal
/// Statistical Society B 86, 2024): against a difference that is supposed, money is staked on each pair, and as long as the
/// true difference is no lower the money grows on no average. So it ever reaches 20 times the stake with a probability of
/// at most 5 % (Ville's inequality), whenever and however often one looks. The stakes are a fixed mixture of shares of the
/// money, so that the state is four counts and does not depend on the order of the pairs.
/// </summary>
public static class NonInferiority
{
    /// <summary>The confidence of each bound, one-sided.</summary>
    public const double Confidence = 0.95;

    /// <summary>
    /// Shares of the money, each by the root of 2 below the one before: the best share is the expected gain over its variance,
    /// and no stake may lose more than there is at any supposed difference from -1 to 1.
    /// </summary>
    private static readonly double[] Stakes = [.. Enumerable.Range(0, 12).Select(i => 0.5 * Math.Pow(2, -i / 2.0))];

    private static readonly double LogThreshold = Math.Log(1 / (1 - Confidence));

    /// <summary>It is sure that the treated share of good answers is more than <paramref name="margin"/> below the baseline's.</summary>
    /// <param name="pairs">All pairs so far.</param>
    /// <param name="margin">From 0 to 1, such as 0.05 for 5 points.</param>
    public static bool Fails(PairedAnswers pairs, double margin) => LogEvidenceBelow(pairs, -margin) >= LogThreshold;

    /// <summary>
    /// Bounds of the difference of the shares, treated minus baseline: each of the two holds with 95 %, at all times together.
    /// From -1 to 1; without pairs that is what is known.
    /// </summary>
    public static (double Low, double High) Bounds(PairedAnswers pairs)
    {
        // Worse and better change places when the sign does.
        var mirrored = pairs with { OnlyTreatedGood = pairs.OnlyBaselineGood, OnlyBaselineGood = pairs.OnlyTreatedGood };
        return (-HighestBelieved(mirrored), HighestBelieved(pairs));
    }

    /// <summary>The highest difference that the pairs have not ruled out. The evidence against a difference grows with it.</summary>
    private static double HighestBelieved(PairedAnswers pairs)
    {
        if (LogEvidenceBelow(pairs, 1) < LogThreshold)
            return 1;
        var (low, high) = (-1.0, 1.0);
        for (var i = 0; i < 40; i++)
        {
            var middle = (low + high) / 2;
            if (LogEvidenceBelow(pairs, middle) >= LogThreshold)
                high = middle;
            else
                low = middle;
        }
        return high;
    }

    /// <summary>The logarithm of what became of one unit of money that was staked against "the difference is at least this".</summary>
    private static double LogEvidenceBelow(PairedAnswers pairs, double difference)
    {
        Span<double> money = stackalloc double[Stakes.Length];
        var most = double.NegativeInfinity;
        for (var i = 0; i < Stakes.Length; i++)
        {
            var stake = Stakes[i];
            money[i] = Grown(pairs.OnlyBaselineGood, stake * (difference + 1))
                + Grown(pairs.Tied, stake * difference)
                + Grown(pairs.OnlyTreatedGood, stake * (difference - 1));
            most = Math.Max(most, money[i]);
        }
        if (double.IsNegativeInfinity(most))
            return most;
        var sum = 0.0;
        foreach (var grown in money)
            sum += Math.Exp(grown - most);
        return most + Math.Log(sum / Stakes.Length);
    }

    /// <summary>0 times the logarithm of 0 is 0 here: no pair, no loss.</summary>
    private static double Grown(long pairs, double gain) => pairs == 0 ? 0 : pairs * Math.Log(1 + gain);
}
