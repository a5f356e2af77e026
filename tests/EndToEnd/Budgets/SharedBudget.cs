using EndToEnd.Hosts;

namespace EndToEnd.Budgets;

/// <summary>The configuration of replicas that share one hard limit through PostgreSQL.</summary>
internal static class SharedBudget
{
    public static string Settings(decimal limit, PostgresServer postgres, string onLoss = "refuse") => $$"""
        budgets:
          - { name: shared, limit: {{BudgetedCalls.Usd(limit)}}, window: year, at: [{ percent: 100, do: stop }] }
        budget_state: { postgres: "{{postgres.ConnectionString}}", wait: 10m, patience: 60s, on_loss: {{onLoss}} }
        retry: { max_attempts: 1 }
        """;
}
