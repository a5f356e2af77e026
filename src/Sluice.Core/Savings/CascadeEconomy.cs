namespace Sluice.Core.Savings;

/// <summary>
/// What a two-step cascade costs: every request is answered by a cheap model first, and those that fail its check go on to
/// the model that answered everything before. Costs are fractions of that model's cost.
/// </summary>
/// <param name="FirstCostFraction">The cheap model's cost of a request, as a fraction of the last model's.</param>
/// <param name="EscalationRate">The share of requests that go on, from 0 to 1.</param>
public readonly record struct CascadeEconomy(decimal FirstCostFraction, decimal EscalationRate)
{
    /// <summary>The cascade's cost as a fraction of the cost without it. A request that escalates pays both models.</summary>
    public decimal CostFraction => FirstCostFraction + EscalationRate;

    /// <summary>The escalation rate at which the cascade saves nothing.</summary>
    public decimal BreakEvenEscalationRate => 1 - FirstCostFraction;

    public Money Cost(Money before) => Money.FromUsd(before.Usd * CostFraction);

    /// <summary>The cheap model's cost fraction that a claimed saving rests on; negative where the claim can't hold at that escalation rate.</summary>
    public static decimal ImpliedFirstCostFraction(Money before, Money after, decimal escalationRate) => (after.Usd / before.Usd) - escalationRate;
}
