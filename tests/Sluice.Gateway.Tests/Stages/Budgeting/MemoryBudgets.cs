using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core;
using Sluice.Core.Alerts;
using Sluice.Core.Budgets;
using Sluice.Gateway.Stages.Budgeting;

namespace Sluice.Gateway.Tests.Stages.Budgeting;

/// <summary>A journal in memory, which a test may break.</summary>
internal sealed class MemoryBudgets : IBudgetJournal
{
    public bool IsBroken { get; set; }

    public List<HoldRow> Holds { get; } = [];

    public List<SettledAttempt> Settled { get; } = [];

    public List<SpentRow> Differences { get; } = [];

    public Task HoldAsync(IReadOnlyList<HoldRow> holds)
    {
        if (IsBroken)
            return Task.FromException(new BudgetStateException("The disk is full."));
        lock (Holds)
            Holds.AddRange(holds);
        return Task.CompletedTask;
    }

    public void Settle(SettledAttempt attempt)
    {
        lock (Holds)
            Settled.Add(attempt);
    }

    public void Adjust(SpentRow difference)
    {
        lock (Holds)
            Differences.Add(difference);
    }

    public static Budget Budget(decimal limit, string scope = "all", BudgetPeriod period = BudgetPeriod.Month, bool rolling = false, params BudgetThreshold[] thresholds) => new()
    {
        Name = "b",
        Scope = BudgetScope.TryParse(scope)!,
        Limit = Money.FromUsd(limit),
        Window = new BudgetWindow(period, rolling, TimeZoneInfo.Utc),
        Thresholds = thresholds.Length > 0 ? [.. thresholds] : [new(100, BudgetAction.Stop, [])],
    };

    public static BudgetBook Book(TimeProvider time, Budget budget, IBudgetJournal? journal = null, IBudgetLeases? leases = null, RaiseAlert? raise = null, BudgetOptions? options = null)
    {
        var book = new BudgetBook(journal ?? new MemoryBudgets(), leases, time, raise, NullLogger<BudgetBook>.Instance);
        book.Use([budget], options ?? new BudgetOptions());
        return book;
    }

    public static BudgetDemand Demand(DateTimeOffset at, decimal? need, string? keyId = "sk-one", string model = "anthropic.claude-sonnet-4-5-20250929-v1:0", params (string Name, string Value)[] tags) =>
        new(keyId, tags.ToImmutableSortedDictionary(t => t.Name, t => t.Value), model, at) { Need = need is { } usd ? Money.FromUsd(usd) : null };
}
