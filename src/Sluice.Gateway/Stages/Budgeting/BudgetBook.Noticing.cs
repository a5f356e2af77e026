using System.Globalization;
using Sluice.Core;
using Sluice.Core.Alerts;
using Sluice.Core.Budgets;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>What follows from how a budget stands: actions before a call, alerts after one.</summary>
public sealed partial class BudgetBook
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>The highest share that any of a call's budgets has used, in whole percent; 0 for a call without one.</summary>
    public long UsedPercent(in BudgetDemand demand)
    {
        var most = 0L;
        foreach (var standing in StandingsOf(demand))
            most = Math.Max(most, standing.Percent);
        return most;
    }

    /// <summary>The budget that has a call's route take its cheapest model; null for none.</summary>
    public BudgetStanding? Cheaper(in BudgetDemand demand) =>
        StandingsOf(demand).FirstOrDefault(s => s.Budget.Thresholds.Any(t => t.Action == BudgetAction.Cheaper && s.Budget.IsReached(t, s.Counted)));

    /// <summary>The budget that keeps a call from a model; null for none.</summary>
    /// <param name="model">The base model, or the identifier where that is not known.</param>
    public BudgetStanding? Forbids(in BudgetDemand demand, string? model) => model is null ? null
        : StandingsOf(demand).FirstOrDefault(s => s.Budget.Thresholds.Any(t => t.Forbids(model) && s.Budget.IsReached(t, s.Counted)));

    private void Forbid(List<BudgetClaim> claims, in BudgetDemand demand)
    {
        if (demand.Model is null)
            return;
        foreach (var claim in claims)
        {
            foreach (var threshold in claim.Budget.Thresholds)
            {
                if (threshold.Forbids(demand.Model) && StandingAt(claim) is var standing && claim.Budget.IsReached(threshold, standing.Counted))
                    throw BudgetRefusals.Forbidden(standing, threshold, demand.Model);
            }
        }
    }

    /// <summary>Collects the alerts of thresholds that are reached and were not told of.</summary>
    private void Notice(Budget asOf, AccountKey account, DateTimeOffset slot, ref List<Alert>? alerts)
    {
        if (raise is null)
            return;
        // The budget may have been changed while the call was under way; what counts is what it says now.
        var budget = Budgets.FirstOrDefault(b => b.Account == asOf.Account) ?? asOf;
        BudgetStanding? standing = null;
        foreach (var threshold in budget.Thresholds)
        {
            standing ??= StandingOf(budget, account, slot);
            if (budget.IsReached(threshold, standing.Counted) && _told.Add(OccasionOf(standing, threshold)))
                (alerts ??= []).Add(AlertOf(standing, threshold, isRefusing: false));
        }
    }

    /// <summary>A limit refuses calls before it is spent to the cent: that is when its owner must hear of it.</summary>
    private void TellRefused(BudgetStanding standing)
    {
        if (raise is null || standing.Budget.Thresholds.Where(t => t.Action == BudgetAction.Stop).MinBy(t => t.Percent) is not { } stop)
            return;
        lock (_gate)
        {
            if (!_told.Add(OccasionOf(standing, stop)))
                return;
        }
        raise(AlertOf(standing, stop, isRefusing: true));
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
