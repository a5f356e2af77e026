namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>
/// Which gain a share of strong calls stands for, and which quality: measured on prompts that the weights were not trained on.
/// </summary>
/// <param name="gains">The gain above which the share i / (n - 1) of the prompts lies; never rising.</param>
/// <param name="qualities">The mean score when that share goes to the strong model, less its one-sided 95 % margin of error.</param>
public sealed class ScoreCurve(float[] gains, float[] qualities)
{
    public float[] Gains => gains;

    public float[] Qualities => qualities;

    /// <summary>The share of prompts with a greater gain, from 0 to 1.</summary>
    public double ShareAbove(double gain)
    {
        // The first place whose gain is not above the asked one; the gains fall.
        var (low, high) = (0, gains.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (gains[middle] > gain)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == 0 || low == gains.Length)
            return low == 0 ? 0 : 1;
        var width = gains[low - 1] - gains[low];
        var part = width > 0 ? (gains[low - 1] - gain) / width : 0;
        return (low - 1 + part) / (gains.Length - 1);
    }

    /// <summary>The smallest share of strong calls whose quality is at least the floor, or null if no share reaches it.</summary>
    public double? ShareForQuality(double floor)
    {
        var place = Array.FindIndex(qualities, quality => quality >= floor);
        return place < 0 ? null : (double)place / (qualities.Length - 1);
    }
}
