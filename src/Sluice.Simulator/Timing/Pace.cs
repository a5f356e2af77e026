using Sluice.Core.Metering;
using Sluice.Simulator.Models;

namespace Sluice.Simulator.Timing;

/// <summary>When a reply's tokens come: the time to the first, then a steady rate, all multiplied by the speed that was set.</summary>
internal readonly struct Pace
{
    // Prompt processing, at about 10,000 tokens a second; what is read from the cache needs none.
    private const double MsPerInputToken = 0.1;

    // AWS names no figure; the optimised variants of 2024 were measured at roughly half the time.
    private const double OptimizedShare = 0.5;

    private readonly double _firstMs;
    private readonly double _tokenMs;

    public Pace(BedrockModel model, Usage usage, bool latencyOptimized, double speed)
    {
        var share = speed * (latencyOptimized ? OptimizedShare : 1);
        _firstMs = (model.TtftMs + ((usage.ContextTokens - usage.CacheRead) * MsPerInputToken)) * share;
        _tokenMs = model.TokensPerSecond == 0 ? 0 : 1000.0 / model.TokensPerSecond * share;
    }

    public TimeSpan FirstToken => TimeSpan.FromMilliseconds(_firstMs);

    /// <summary>From the start to when so many tokens are out.</summary>
    public TimeSpan Until(long tokens) => TimeSpan.FromMilliseconds(_firstMs + (tokens * _tokenMs));

    /// <summary>As the reply reports it: whole milliseconds, one at least.</summary>
    public static long Reported(TimeSpan span) => Math.Max(1, (long)Math.Round(span.TotalMilliseconds));
}
