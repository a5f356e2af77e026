using System.Globalization;
using Sluice.Core;
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

    /// <summary>The money as a table, and below it a line for each budget with what it is for and where it is going: both fit a terminal.</summary>
    public static void WriteForPeople(TextWriter output, IReadOnlyList<BudgetStanding> standings, IReadOnlyDictionary<BudgetStanding, string> forecasts)
    {
        var table = new Listing("budget", "limit", "spent", "held", "left", "%");
        foreach (var standing in standings)
            table.Add(NameOf(standing), standing.Budget.Limit, standing.Spent, standing.Held, standing.Left, standing.Percent);
        table.Write(output, OutputFormat.Table);
        foreach (var standing in standings)
        {
            var unknown = standing.Unknown == Money.Zero ? "" : $" Of the limit, {Listing.ForPeople(standing.Unknown)} is held for good for attempts of unknown cost.";
            output.WriteLine($"{NameOf(standing)}: {standing.Budget.Window}, for {standing.Budget.Scope}; {(standing.Budget.Window.IsRolling ? "frees" : "resets")} {Stamp(standing.FreesAt)}. Forecast: {forecasts[standing]}.{unknown}");
        }
    }

    private static string NameOf(BudgetStanding standing) => standing.Bucket.Length == 0 ? standing.Budget.Name : $"{standing.Budget.Name} {standing.Bucket}";

    private static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
