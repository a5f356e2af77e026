using System.Globalization;
using Sluice.Core;
using Sluice.Core.Alerts;
using Sluice.Core.Budgets;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>Tells of each threshold that is reached once in a period, and again after the budget was changed. Thread-safe.</summary>
internal sealed class BudgetNews(RaiseAlert? raise, TimeProvider time)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Nobody listens, so nothing has to be looked for.</summary>
    public bool IsDeaf => raise is null;

    /// <summary>The alert of a threshold that is reached; null where it was told of.</summary>
    public Alert? Reached(BudgetStanding standing, BudgetThreshold threshold) => IsFirst(standing, threshold) ? AlertOf(standing, threshold, isRefusing: false) : null;

    /// <summary>A limit refuses calls before it is spent to the cent: that is when its owner must hear of it.</summary>
    public void TellRefused(BudgetStanding standing)
    {
        if (raise is not null && standing.Budget.Thresholds.Where(t => t.Action == BudgetAction.Stop).MinBy(t => t.Percent) is { } stop && IsFirst(standing, stop))
            raise(AlertOf(standing, stop, isRefusing: true));
    }

    /// <summary>Not for within a lock: whoever is told may take its time.</summary>
    public void Tell(List<Alert>? alerts)
    {
        foreach (var alert in alerts ?? [])
            raise?.Invoke(alert);
    }

    private bool IsFirst(BudgetStanding standing, BudgetThreshold threshold)
    {
        lock (_told)
            return _told.Add(OccasionOf(standing, threshold));
    }

    private static string OccasionOf(BudgetStanding standing, BudgetThreshold threshold)
    {
        var window = standing.Budget.Window;
        // A rolling window has no periods of its own; one alert for each of its lengths is what a period would give.
        var period = window.IsRolling ? standing.Window.End.UtcTicks / window.Length.Ticks * window.Length.Ticks : standing.Window.Start.UtcTicks;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{standing.Budget.Name} {standing.Bucket} {new DateTime(period, DateTimeKind.Utc):yyyy-MM-ddTHH:mmZ} {threshold.Percent:0.######}% {threshold.Action} revision {standing.Budget.Revision}");
    }

    private Alert AlertOf(BudgetStanding standing, BudgetThreshold threshold, bool isRefusing)
    {
        var budget = standing.Budget;
        var resets = standing.FreesAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return new Alert
        {
            Kind = AlertKind.Budget,
            Subject = standing.Bucket.Length == 0 ? budget.Name : $"{budget.Name}: {standing.Bucket}",
            Occasion = OccasionOf(standing, threshold),
            Title = string.Create(
                CultureInfo.InvariantCulture,
                $"Budget {standing.Title} ({budget.Scope}, {budget.Window}) {(isRefusing ? "refuses calls" : $"has reached {threshold.Percent:0.##} %")}: {Round(standing.Counted)} of {Round(budget.Limit)} USD are spent, it resets at {resets}."),
            Advice = threshold.Action switch
            {
                BudgetAction.Stop => "Calls that no longer fit are refused until then. Raise the limit with 'sluice budgets set', or see with 'sluice spend --by app,model' who spends it.",
                BudgetAction.Forbid => $"Calls of {string.Join(", ", threshold.Models)} are routed to other models or refused until then. Raise the limit with 'sluice budgets set' to allow them.",
                BudgetAction.Cheaper => "Calls that have a route go to its cheapest model that may serve them until then; 'sluice quality' shows what that does to answers.",
                _ => "See with 'sluice budgets explain' when it will be used up and who grows, and raise the limit or add an action such as cheaper or stop.",
            },
            At = time.GetUtcNow(),
            Facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["budget"] = budget.Name,
                ["bucket"] = standing.Bucket,
                ["scope"] = budget.Scope.ToString(),
                ["window"] = budget.Window.ToString(),
                ["threshold_percent"] = threshold.Percent.ToString("0.######", CultureInfo.InvariantCulture),
                ["action"] = threshold.Action.ToString().ToLowerInvariant(),
                ["spent_usd"] = standing.Spent.ToString(),
                ["unknown_usd"] = standing.Unknown.ToString(),
                ["held_usd"] = standing.Held.ToString(),
                ["limit_usd"] = budget.Limit.ToString(),
                ["frees_at"] = resets,
                ["revision"] = budget.Revision.ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    private static string Round(Money amount) => amount.Usd.ToString(Math.Abs(amount.Usd) < 1 ? "0.######" : "0.00", CultureInfo.InvariantCulture);
}
