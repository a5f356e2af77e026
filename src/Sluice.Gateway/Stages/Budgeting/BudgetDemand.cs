using System.Collections.Immutable;
using Sluice.Core;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>What an attempt wants of the budgets.</summary>
/// <param name="Model">The base model, or the identifier where that is not known; null for an operation without one.</param>
/// <param name="At">When the invocation began: all its attempts count for the window of that moment, as in the ledger.</param>
public readonly record struct BudgetDemand(string? KeyId, ImmutableSortedDictionary<string, string> Tags, string? Model, DateTimeOffset At)
{
    /// <summary>An upper bound of its cost; null where there is none.</summary>
    public Money? Need { get; init; }

    /// <summary>Only what the caller's answer needs may wait for room, and samples leave some of a budget alone.</summary>
    public AttemptPurpose Purpose { get; init; }

    /// <summary>The bound is so because of this.</summary>
    public string? WhyUnbounded { get; init; }

    public static BudgetDemand Of(Invocation invocation, string? model) => new(invocation.Caller.KeyId, invocation.Tags, model, invocation.StartedAt) { Purpose = invocation.Purpose };
}
