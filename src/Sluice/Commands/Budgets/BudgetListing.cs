using System.Globalization;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Output;

namespace Sluice.Commands.Budgets;

/// <summary>How budgets stand, for machines and for people.</summary>
internal static class BudgetListing
{
    public static readonly string[] Columns =
        ["budget", "bucket", "scope", "window", "limit_usd", "spent_usd", "unknown_usd", "held_usd", "left_usd", "used_percent", "window_start", "frees_at", "thresholds", "revision", "forecast"];

    public static object?[] Row(BudgetStanding standing, string forecast) =>
    [
        standing.Budget.Name, standing.Bucket.Length == 0 ? null : standing.Bucket, standing.Budget.Scope.ToString(), standing.Budget.Window.ToString(), standing.Budget.Limit,
        standing.Spent, standing.Unknown, standing.Held, standing.Left, standing.Percent, Stamp(standing.Window.Start), Stamp(standing.FreesAt),
        string.Join(' ', standing.Budget.Thresholds), standing.Budget.Revision, forecast,
    ];

    public static Listing ForMachines(IReadOnlyList<BudgetStanding> standings, IReadOnlyDictionary<BudgetStanding, string> forecasts)
    {
        var table = new Listing(Columns);
        foreach (var standing in standings)
            table.Add(Row(standing, forecasts[standing]));
        return table;
    }

    public static Listing ForPeople(IReadOnlyList<BudgetStanding> standings, IReadOnlyDictionary<BudgetStanding, string> forecasts)
    {
        var table = new Listing("budget", "for", "window", "limit", "spent", "unknown", "held", "left", "%", "resets", "forecast");
        foreach (var standing in standings)
        {
            table.Add(
                standing.Budget.Name, standing.Bucket.Length == 0 ? standing.Budget.Scope.ToString() : $"{standing.Budget.Scope.ToString()[..^4]}{standing.Bucket}", standing.Budget.Window.ToString(),
                standing.Budget.Limit, standing.Spent, standing.Unknown, standing.Held, standing.Left, standing.Percent, Stamp(standing.FreesAt), forecasts[standing]);
        }
        return table;
    }

    private static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
