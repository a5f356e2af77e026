using Sluice.Configuration;
using Sluice.Core.Budgets;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Hosting.Reloading;

/// <summary>What keeps strangers out and spending down, and what a change of the settings takes away of it.</summary>
internal static class Protections
{
    /// <summary>
    /// What a change may take away only by saying so. A file that was cut short leaves out its last lines; whoever wants
    /// calls without keys writes that down.
    /// </summary>
    public static IEnumerable<string> Unsaid(SluiceOptions before, SluiceOptions after)
    {
        if (before.Auth == AuthMode.Required && after.Auth is null)
            yield return "auth was 'required' and is missing; put it back, or write 'auth: optional' if calls without a key are to pass.";
    }

    /// <summary>What is taken away, in words for the log.</summary>
    public static IEnumerable<string> Lost(SluiceOptions before, SluiceOptions after)
    {
        if (before.Auth != AuthMode.Optional && after.Auth == AuthMode.Optional)
            yield return "auth is optional now, so calls without a key pass.";
        foreach (var budget in before.Budgets)
        {
            if (Lost(budget, after.Budgets.FirstOrDefault(b => b.Name == budget.Name)) is { } lost)
                yield return $"the budget '{budget.Name}' ({budget.Scope}, {budget.Limit.Usd} USD) {lost}";
        }
        foreach (var rule in before.Limits.Rules)
        {
            if (Lost(rule, after.Limits.Rules.FirstOrDefault(r => r.Name == rule.Name)) is { } lost)
                yield return $"the limit '{rule.Name}' {lost}";
        }
        foreach (var quota in before.Limits.Quotas.Where(q => after.Limits.Quotas.All(a => a.Name != q.Name)))
            yield return $"the quota '{quota.Name}' is gone.";
        if (before.Record.OnLedgerFailure == LedgerFailurePolicy.Refuse && after.Record.OnLedgerFailure != LedgerFailurePolicy.Refuse)
            yield return "ledger.on_failure is pass now, so calls that can't be recorded go on.";
        if (before.BudgetState.Options.OnStateLoss == BudgetDoubt.Refuse && after.BudgetState.Options.OnStateLoss != BudgetDoubt.Refuse)
            yield return "budget_state.on_loss is pass now, so calls go on while the budgets' state is away.";
        if (before.BudgetState.Options.OnUnpriced == BudgetDoubt.Refuse && after.BudgetState.Options.OnUnpriced != BudgetDoubt.Refuse)
            yield return "budget_state.unpriced is pass now, so calls without a price pass hard limits.";
    }

    private static string? Lost(Budget before, Budget? after)
    {
        if (!before.Thresholds.Any(t => t.Action != BudgetAction.Alert))
            return null;
        if (after is null)
            return "is gone.";
        if (after.Scope.ToString() != before.Scope.ToString())
            return $"covers {after.Scope} now.";
        var gone = before.Thresholds.Select(t => t.Action).Except(after.Thresholds.Select(t => t.Action)).Where(a => a != BudgetAction.Alert).ToList();
        return gone.Count == 0 ? null : $"has no '{string.Join("', '", gone.Select(a => a.ToString().ToLowerInvariant()))}' any more.";
    }

    private static string? Lost(LimitRule before, LimitRule? after) =>
        after is null ? "is gone."
        : before.RequestsPerMinute is not null && after.RequestsPerMinute is null ? "has no requests_per_minute any more."
        : before.TokensPerMinute is not null && after.TokensPerMinute is null ? "has no tokens_per_minute any more."
        : before.Concurrency is not null && after.Concurrency is null ? "has no concurrency any more."
        : after.Scope != before.Scope || after.Team != before.Team || after.Per != before.Per ? "is for other calls now."
        : null;
}
