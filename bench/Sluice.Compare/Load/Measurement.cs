using System.Diagnostics;

namespace Sluice.Compare.Load;

/// <summary>What a run of requests took. Every single latency is kept, so that percentiles are exact.</summary>
/// <param name="Latencies">From before the request was written until the last byte of the reply, sorted; ticks of <see cref="Stopwatch"/>.</param>
/// <param name="FirstBytes">The same, until the first byte of the body.</param>
/// <param name="Head">The head of the first reply.</param>
internal sealed record Measurement(long[] Latencies, long[] FirstBytes, TimeSpan Elapsed, string Head)
{
    public int Requests => Latencies.Length;

    public double RequestsPerSecond => Requests / Elapsed.TotalSeconds;

    public double LatencyUs(double quantile) => Us(Latencies, quantile);

    public double FirstByteUs(double quantile) => Us(FirstBytes, quantile);

    private static double Us(long[] sorted, double quantile) =>
        sorted[Math.Min((int)(sorted.Length * quantile), sorted.Length - 1)] * 1e6 / Stopwatch.Frequency;
}
