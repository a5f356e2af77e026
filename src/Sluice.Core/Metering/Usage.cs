using System.Collections.Immutable;

namespace Sluice.Core.Metering;

/// <summary>How a count was come by. An estimate is never shown as a measurement.</summary>
public enum UsageSource
{
    /// <summary>The upstream reported it.</summary>
    Measured,

    /// <summary>At least one count was computed from bytes seen, because the upstream's own report never arrived.</summary>
    Estimated,
}

/// <summary>A number of units of a kind other than tokens, such as images or guardrail text units.</summary>
public readonly record struct UnitCount(UsageKind Kind, decimal Count);

/// <summary>
/// What one attempt consumed: five disjoint token counts, whose sum is every token that was billed in any way, and units
/// of other kinds. A usage that is not known at all is a null reference, never a usage of zeros.
/// </summary>
public sealed record Usage
{
    /// <summary>A reply that the upstream does not bill: refused, throttled or failed before any work.</summary>
    public static Usage None { get; } = new();

    /// <summary>Input tokens that were neither read from nor written to the prompt cache.</summary>
    public long Input { get; init; }

    public long CacheRead { get; init; }

    public long CacheWrite5m { get; init; }

    public long CacheWrite1h { get; init; }

    public long Output { get; init; }

    public UsageSource Source { get; init; }

    public ImmutableArray<UnitCount> Units { get; init; } = [];

    /// <summary>All input tokens; this decides the context band of a price.</summary>
    public long ContextTokens => Input + CacheRead + CacheWrite5m + CacheWrite1h;

    /// <summary>The count of one kind; 0 for a kind that this usage does not have.</summary>
    public decimal Count(UsageKind kind)
    {
        switch (kind)
        {
            case UsageKind.Input: return Input;
            case UsageKind.CacheRead: return CacheRead;
            case UsageKind.CacheWrite5m: return CacheWrite5m;
            case UsageKind.CacheWrite1h: return CacheWrite1h;
            case UsageKind.Output: return Output;
        }
        var total = 0m;
        foreach (var unit in Units)
        {
            if (unit.Kind == kind)
                total += unit.Count;
        }
        return total;
    }

    /// <summary>Sums two usages; the sum is measured only where both are.</summary>
    public static Usage operator +(Usage left, Usage right) => new()
    {
        Input = left.Input + right.Input,
        CacheRead = left.CacheRead + right.CacheRead,
        CacheWrite5m = left.CacheWrite5m + right.CacheWrite5m,
        CacheWrite1h = left.CacheWrite1h + right.CacheWrite1h,
        Output = left.Output + right.Output,
        Source = left.Source == UsageSource.Estimated ? UsageSource.Estimated : right.Source,
        Units = left.Units.IsEmpty ? right.Units : left.Units.AddRange(right.Units),
    };

    public bool Equals(Usage? other) => other is not null
        && Input == other.Input && CacheRead == other.CacheRead && CacheWrite5m == other.CacheWrite5m
        && CacheWrite1h == other.CacheWrite1h && Output == other.Output && Source == other.Source
        && Units.AsSpan().SequenceEqual(other.Units.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Input, CacheRead, CacheWrite5m, CacheWrite1h, Output, Source, Units.Length);
}
