using System.Globalization;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Core.Invocations;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Forecasts;

/// <summary>When budgets will be used up, by the spending of this data directory's ledger.</summary>
public static class BudgetForecasts
{
    /// <summary>Far enough back for trend and pattern, near enough to be of the present.</summary>
    private const int HistoryDays = 56;

    public static async Task<IReadOnlyDictionary<BudgetStanding, string>> OfAsync(
        IReadOnlyList<BudgetStanding> standings, string dataDirectory, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var told = new Dictionary<BudgetStanding, string>();
        try
        {
            using var ledger = standings.Count == 0 ? null : await LedgerReader.OpenAsync(dataDirectory, TimeProvider.System, cancellationToken);
            foreach (var standing in standings)
                told[standing] = Of(standing, ledger!, now);
        }
        catch (LedgerUnavailableException)
        {
            foreach (var standing in standings)
                told[standing] = SpendForecast.NotEnough;
        }
        return told;
    }

    public static string Of(BudgetStanding standing, LedgerReader ledger, DateTimeOffset now)
    {
        var budget = standing.Budget;
        if (standing.Counted >= budget.Limit)
            return "the limit is reached";
        if (budget.Window.Period == BudgetPeriod.Hour || budget.Window.IsRolling)
            return "none for hourly and rolling windows";
        var isDaily = budget.Window.Period == BudgetPeriod.Day;
        var step = isDaily ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        var end = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % step.Ticks), TimeSpan.Zero);
        var from = isDaily ? end.AddDays(-14) : end.AddDays(-HistoryDays);
        var rows = ledger.Spend(new SpendQuery { From = from, To = end, GroupBy = [isDaily ? "hour" : "day", "app", "model"], Filters = FiltersOf(budget.Scope, standing.Bucket) });
        var spending = rows.Select(r => new SpendStep(
            DateTimeOffset.Parse(r.Group[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal), $"{(r.Group[1].Length > 0 ? r.Group[1] : "(no app)")} with {r.Group[2]}", r.Cost));
        return SpendForecast.Of(spending, from, end, step, isDaily ? 24 : 7, standing.Counted, budget.Limit, now, standing.Window.End).ToString();
    }

    private static Dictionary<string, IReadOnlyList<string>> FiltersOf(BudgetScope scope, string bucket)
    {
        var filters = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (scope.Kind != BudgetScopeKind.All)
            filters[scope.Kind == BudgetScopeKind.Tag ? $"tag:{scope.Tag}" : scope.Kind.ToString().ToLowerInvariant()] = [scope.IsEach ? bucket : scope.Value];
        return filters;
    }
}
