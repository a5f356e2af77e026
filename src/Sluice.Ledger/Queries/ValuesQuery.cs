using Microsoft.Data.Sqlite;
using Sluice.Core;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Queries;

/// <summary>Asks which values a dimension has.</summary>
public sealed record ValuesQuery
{
    /// <summary>One of <see cref="CallDimensions"/>.</summary>
    public required string Dimension { get; init; }

    /// <summary>How the values begin, in either case.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Inclusive, taken down to the quarter of an hour. Null for the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive, taken up to the quarter of an hour. Null for now.</summary>
    public DateTimeOffset? To { get; init; }

    public int Limit { get; init; } = 100;

    /// <exception cref="ArgumentException">There is no such dimension.</exception>
    internal IReadOnlyList<DimensionValue> Answer(SqliteConnection connection)
    {
        CallDimensions.Check([Dimension]);
        using var snapshot = connection.BeginTransaction(deferred: true);
        if (SumScan.Bounds(connection) is not { } bounds)
            return [];
        var first = Math.Max(bounds.First, From is { } from ? Quarters.Of(from) : long.MinValue);
        var end = Math.Min(bounds.End, To is { } to ? Quarters.AtOrAfter(to) : long.MaxValue);
        if (first >= end)
            return [];
        var groups = GroupSelection.Of(connection, [Dimension], new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal), prefix: Prefix);
        return [.. SumScan.Run(connection, [first, end], groups.Groups)
            .Select(s => new DimensionValue(groups.Values[s.Key.Place][0], s.Value.Calls, s.Value.UnpricedCalls, s.Value.Cost))
            .OrderByDescending(v => v.Calls).ThenBy(v => v.Value, StringComparer.Ordinal).Take(Limit)];
    }
}

/// <summary>One value, those of the most calls first.</summary>
/// <param name="Value">Empty for calls that have none.</param>
/// <param name="Calls">In the time asked for.</param>
/// <param name="UnpricedCalls">Those of them whose cost is not known.</param>
/// <param name="Cost">Of the others.</param>
public sealed record DimensionValue(string Value, long Calls, long UnpricedCalls, Money Cost);
