namespace Sluice.Lab.Routers.Metrics;

/// <summary>
/// How good a ranking of prompts is, by the measures of RouteLLM (Ong et al., arXiv 2406.18665, section 2.2). PGR(k) is the part
/// of the gap between the weak and the strong model that is recovered when the share k that ranks highest goes to the
/// strong one; APGR is the area under it; CPT(x) is the smallest k at which PGR reaches x. A random ranking has 0.5, 50 % and 80 %.
/// </summary>
/// <param name="Apgr">Area under PGR; NaN where the two models score the same.</param>
/// <param name="Cpt50">Share of strong calls, from 0 to 1, that recovers half of the gap.</param>
/// <param name="Cpt80">Share of strong calls that recovers four fifths of it.</param>
public readonly record struct RoutingCurve(double Apgr, double Cpt50, double Cpt80)
{
    /// <param name="ranking">For each prompt a number; the greater, the sooner it goes to the strong model. Prompts that rank alike go in random order, on average.</param>
    /// <param name="gains">For each prompt, the strong model's score less the weak one's.</param>
    public static RoutingCurve Of(double[] ranking, double[] gains)
    {
        var order = Order(ranking);
        return Of(order, ranking, gains, null);
    }

    /// <summary>Places from the highest rank to the lowest.</summary>
    internal static int[] Order(double[] ranking)
    {
        var order = Enumerable.Range(0, ranking.Length).ToArray();
        Array.Sort(Array.ConvertAll(ranking, r => -r), order);
        return order;
    }

    /// <param name="order">Places from the highest rank to the lowest.</param>
    /// <param name="ranking">As above.</param>
    /// <param name="gains">As above.</param>
    /// <param name="counts">How often each prompt counts, as in a bootstrap; null for once each.</param>
    internal static RoutingCurve Of(int[] order, double[] ranking, double[] gains, int[]? counts)
    {
        double total = 0, prompts = 0;
        for (var i = 0; i < gains.Length; i++)
        {
            var count = counts?[i] ?? 1;
            total += count * gains[i];
            prompts += count;
        }
        double area = 0, recovered = 0, seen = 0, cpt50 = double.NaN, cpt80 = double.NaN;
        for (var at = 0; at < order.Length;)
        {
            var rank = ranking[order[at]];
            double gain = 0, group = 0;
            for (; at < order.Length && ranking[order[at]] == rank; at++)
            {
                var count = counts?[order[at]] ?? 1;
                gain += count * gains[order[at]];
                group += count;
            }
            var (before, after) = (recovered / total, (recovered + gain) / total);
            area += (before + after) / 2 * group;
            cpt50 = Reached(cpt50, 0.5);
            cpt80 = Reached(cpt80, 0.8);
            recovered += gain;
            seen += group;

            double Reached(double cpt, double target) =>
                !double.IsNaN(cpt) || !(after >= target) ? cpt : (seen + (after > before ? Math.Max(0, (target - before) / (after - before)) * group : 0)) / prompts;
        }
        return new(area / prompts, cpt50, cpt80);
    }
}
