using Sluice.Core;

namespace Sluice.Ledger.Queries;

/// <summary>The place of a call in the order of time: the next page begins after the last row's.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="Id">The number of its record in this database.</param>
public readonly record struct CallCursor(DateTimeOffset StartedAt, long Id);

/// <summary>Which calls are asked for, the newest first.</summary>
public sealed record CallsQuery
{
    /// <summary>The most rows of one answer: a page, and one more that tells whether there are others.</summary>
    public const int MaxLimit = 501;

    /// <summary>Inclusive. Null for the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive. Null for now.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Dimensions (<see cref="CallDimensions"/>) that must have one of the values, which may be patterns (<see cref="Wildcard"/>).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>Only calls whose cost is not known, or only those whose is; null for both.</summary>
    public bool? Unpriced { get; init; }

    /// <summary>Only calls with an estimated count, or only without; null for both.</summary>
    public bool? Estimated { get; init; }

    /// <summary>Only calls whose report of usage contradicts itself, or only others; null for both.</summary>
    public bool? Suspect { get; init; }

    /// <summary>Only calls whose cost is known and at least this.</summary>
    public Money? MinCost { get; init; }

    /// <summary>Only calls older than this one. Null for the first page.</summary>
    public CallCursor? Before { get; init; }

    /// <summary>From 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>One call in a list; <see cref="LedgerReader.Find"/> has all of it. What is not known is null.</summary>
public sealed record CallRow
{
    public required string InvocationId { get; init; }

    public required CallCursor Cursor { get; init; }

    public DateTimeOffset StartedAt => Cursor.StartedAt;

    /// <summary>Empty for an anonymous caller.</summary>
    public required string Key { get; init; }

    public required string App { get; init; }

    public required string Model { get; init; }

    public required string Operation { get; init; }

    public required string Outcome { get; init; }

    /// <summary>The last attempt's HTTP status; empty if no reply arrived.</summary>
    public required string Status { get; init; }

    /// <summary>The error's name; empty without one.</summary>
    public required string Error { get; init; }

    public Money? Cost { get; init; }

    public bool IsUnpriced => Cost is null;

    public bool IsEstimated { get; init; }

    public bool IsSuspect { get; init; }

    public double? DurationMs { get; init; }

    public double? TtftMs { get; init; }

    /// <summary>All input tokens, cached ones among them.</summary>
    public long? InputTokens { get; init; }

    public long? CacheReadTokens { get; init; }

    public long? OutputTokens { get; init; }
}
