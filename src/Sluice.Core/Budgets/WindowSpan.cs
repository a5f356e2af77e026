namespace Sluice.Core.Budgets;

/// <summary>A stretch of time.</summary>
/// <param name="Start">The first instant that is in it.</param>
/// <param name="End">The first instant that no longer is.</param>
public readonly record struct WindowSpan(DateTimeOffset Start, DateTimeOffset End)
{
    public bool Contains(DateTimeOffset at) => at >= Start && at < End;
}
