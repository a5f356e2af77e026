namespace Sluice.Core.Budgets;

/// <summary>How long a budget's limit lasts.</summary>
public enum BudgetPeriod
{
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}
