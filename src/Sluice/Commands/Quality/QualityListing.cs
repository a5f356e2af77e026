using System.Collections.Immutable;
using System.Globalization;
using Sluice.Gateway.Levers.Watching;
using Sluice.Output;

namespace Sluice.Commands.Quality;

/// <summary>What the quality watch found, for machines and for people. Shares and differences are in points of 100.</summary>
internal static class QualityListing
{
    public static Listing ForMachines(ImmutableArray<QualityEntry> entries)
    {
        var table = new Listing("app", "task", "lever", "state", "samples", "not_compared", "good_percent", "baseline_good_percent", "difference_low", "difference_high", "margin", "suspended_at");
        foreach (var entry in entries)
        {
            var (low, high) = entry.Bounds;
            table.Add(
                entry.Scope.App, entry.Scope.Task, entry.Scope.Lever, entry.State, entry.Pairs.Count, entry.NotCompared,
                Points(entry.Pairs.TreatedShare), Points(entry.Pairs.BaselineShare), Points(low), Points(high), Points(entry.Margin),
                entry.SuspendedAt?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        }
        return table;
    }

    public static Listing ForPeople(ImmutableArray<QualityEntry> entries)
    {
        var table = new Listing("app", "task", "lever", "state", "samples", "good %", "baseline %", "difference (95 %)", "margin");
        foreach (var entry in entries)
        {
            var (low, high) = entry.Bounds;
            table.Add(
                entry.Scope.App, entry.Scope.Task, entry.Scope.Lever, entry.State, entry.Pairs.Count, Points(entry.Pairs.TreatedShare), Points(entry.Pairs.BaselineShare),
                string.Create(CultureInfo.InvariantCulture, $"[{100 * low:0.0}, {100 * high:0.0}]"), Points(entry.Margin));
        }
        return table;
    }

    /// <summary>A line for each lever that was switched to shadow.</summary>
    public static IEnumerable<string> Alerts(ImmutableArray<QualityEntry> entries) => entries
        .Where(e => e.SuspendedAt is not null)
        .Select(e => string.Create(
            CultureInfo.InvariantCulture,
            $"{e.Scope.Lever} is in shadow for app {e.Scope.App ?? "(none)"}, task {e.Scope.Task ?? "(none)"} since {e.SuspendedAt:yyyy-MM-ddTHH:mm:ssZ}: {Points(e.Pairs.TreatedShare)} % of its answers are good, {Points(e.Pairs.BaselineShare)} % of the baseline's ({e.Pairs.Count:#,0} samples)."));

    private static decimal? Points(double? share) => share is { } known ? Math.Round(100 * (decimal)known, 1) : null;
}
