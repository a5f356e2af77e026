namespace Sluice.Core.Metering;

/// <summary>In what a report of usage contradicts its own contract: the stable names, as they stand in exports.</summary>
public static class SuspectUsage
{
    /// <summary>A count is negative, no whole number, or more than any model could use; it was left out.</summary>
    public const string ImpossibleCount = "impossible_count";

    /// <summary>Text was written, and every count is 0.</summary>
    public const string EmptyCounts = "empty_counts";

    /// <summary>The total is not the sum of its parts.</summary>
    public const string TotalMismatch = "total_mismatch";

    /// <summary>More was read from the cache and written to it than the input that should have it inside.</summary>
    public const string CacheAboveInput = "cache_above_input";

    /// <summary>The split of the cache writes by lifetime is more than the writes.</summary>
    public const string SplitAboveWrites = "split_above_writes";

    /// <summary>The input, which should leave the cached tokens out, may have them inside: then they were counted twice.</summary>
    public const string InputMayIncludeCached = "input_may_include_cached";
}
