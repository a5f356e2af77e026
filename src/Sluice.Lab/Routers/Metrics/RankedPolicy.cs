namespace Sluice.Lab.Routers.Metrics;

/// <summary>One way to choose, measured: its name, and the routing measures with 95 % intervals over prompts.</summary>
public sealed record RankedPolicy(string Name, Interval Apgr, Interval Cpt50, Interval Cpt80)
{
    private const int Resamples = 1000;

    /// <summary>Measures a ranking; the bootstrap draws prompts and leaves the ranking as it is.</summary>
    public static RankedPolicy Of(string name, double[] ranking, double[] gains, int seed)
    {
        var order = RoutingCurve.Order(ranking);
        var point = RoutingCurve.Of(order, ranking, gains, null);
        var samples = new RoutingCurve[Resamples];
        Parallel.For(0, Resamples, sample =>
        {
            // Each sample has a seed of its own, so that the figures do not depend on how many threads there are.
            var random = new Random(HashCode(seed, sample));
            var counts = new int[gains.Length];
            for (var i = 0; i < counts.Length; i++)
                counts[random.Next(counts.Length)]++;
            samples[sample] = RoutingCurve.Of(order, ranking, gains, counts);
        });
        return new(name, Bounds(point.Apgr, samples, s => s.Apgr), Bounds(point.Cpt50, samples, s => s.Cpt50), Bounds(point.Cpt80, samples, s => s.Cpt80));
    }

    private static int HashCode(int seed, int sample) => unchecked((seed * 1_000_003) + sample);

    private static Interval Bounds(double value, RoutingCurve[] samples, Func<RoutingCurve, double> measure)
    {
        var values = samples.Select(measure).Where(v => !double.IsNaN(v)).Order().ToArray();
        return values.Length == 0 ? new(value, double.NaN, double.NaN) : new(value, values[(int)(0.025 * (values.Length - 1))], values[(int)(0.975 * (values.Length - 1))]);
    }
}
