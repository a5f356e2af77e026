namespace Sluice.Core.Budgets;

/// <summary>What happens from a threshold on. Every one of them raises an alert too.</summary>
public enum BudgetAction
{
    Alert,

    /// <summary>Calls that have a route go to its cheapest model that may serve them.</summary>
    Cheaper,

    /// <summary>Calls of the threshold's models are routed to another or refused.</summary>
    Forbid,

    /// <summary>No call may take spending beyond the threshold: the limit is hard.</summary>
    Stop,
}
