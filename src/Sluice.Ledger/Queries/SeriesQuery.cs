using Microsoft.Data.Sqlite;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Queries;

/// <summary>Which sums are asked for: of which spans of time, by what, and of which calls.</summary>
public sealed record SeriesQuery
{
    private const int MaxDimensions = 2;

    /// <summary>
    /// Instants between which the spans are, ascending; the caller makes them, so zones and the changes of clocks are his matter. Sums are of
    /// quarters of an hour: an edge within one is taken down to its beginning, and the last is taken up. For times of more than 60 days ago
    /// an hour belongs to the span that its beginning is in.
    /// </summary>
    public required IReadOnlyList<DateTimeOffset> Edges { get; init; }

    /// <summary>At most two of <see cref="CallDimensions"/>.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>Dimensions that must have one of the values, which may be patterns (<see cref="Core.Wildcard"/>).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>Only calls whose cost is not known, or only those whose is; null for both.</summary>
    public bool? Unpriced { get; init; }

    /// <exception cref="ArgumentException">The edges don't ascend, or there are more dimensions than two, or unknown ones.</exception>
    internal static IReadOnlyList<SeriesRow> Answer(SqliteConnection connection, SeriesQuery query)
    {
        CallDimensions.Check([.. query.GroupBy, .. query.Filters.Keys]);
        if (query.GroupBy.Count > MaxDimensions)
            throw new ArgumentException($"A series is by at most {MaxDimensions} dimensions; this one is by {string.Join(", ", query.GroupBy)}.", nameof(query));
        if (query.Edges.Zip(query.Edges.Skip(1), (a, b) => a <= b).Contains(false))
            throw new ArgumentException("The edges of a series must ascend.", nameof(query));
        if (query.Edges.Count < 2)
            return [];
        using var snapshot = connection.BeginTransaction(deferred: true);
        if (SumScan.Bounds(connection) is not { } bounds)
            return [];
        // Where no sums are, nothing is looked for, however far the edges reach.
        var edges = query.Edges.SkipLast(1).Select(Quarters.Of).Append(Quarters.AtOrAfter(query.Edges[^1])).Select(e => Math.Clamp(e, bounds.First, bounds.End)).ToList();
        var groups = GroupSelection.Of(
            connection, query.GroupBy, query.Filters, query.Unpriced is { } unpriced ? doubt => doubt.HasFlag(CallDoubt.Unpriced) == unpriced : null);
        return [.. SumScan.Run(connection, edges, groups.Groups).OrderBy(s => s.Key).Select(s => new SeriesRow(s.Key.Span, groups.Values[s.Key.Place], s.Value))];
    }
}

/// <summary>The sums of one span and one group; there is none without calls.</summary>
/// <param name="Edge">The index of the edge that the span begins with.</param>
/// <param name="Group">The values of the dimensions, in the order asked; empty if the calls have none.</param>
/// <param name="Sums">What the calls add up to.</param>
public sealed record SeriesRow(int Edge, IReadOnlyList<string> Group, CallSums Sums);
