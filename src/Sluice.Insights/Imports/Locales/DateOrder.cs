namespace Sluice.Insights.Imports.Locales;

/// <summary>How to read a day such as 3/11/2026.</summary>
public enum DateOrder
{
    MonthFirst,
    DayFirst,
}
