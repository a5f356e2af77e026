using Sluice.Core;
using Sluice.Core.Alerts;
using Sluice.Core.Budgets;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Testing;
using static Sluice.Gateway.Tests.Stages.Budgeting.MemoryBudgets;

namespace Sluice.Gateway.Tests.Stages.Budgeting;

public sealed class BudgetBookTests
{
    private readonly ManualTime _time = new();
    private readonly List<Alert> _alerts = [];
    private int _attempts;

    private DateTimeOffset Now => _time.GetUtcNow();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task NoOrderOfHoldsAndSettlementsPassesTheLimit(int seed)
    {
        var random = new Random(seed);
        var book = Book(_time, Budget(10), raise: _alerts.Add);
        var (open, waiting) = (new List<BudgetHold>(), new List<Task<BudgetHold?>>());
        var refused = 0;
        // Whose turn has come goes on when a thread is free: until then nothing is settled and nobody refused.
        for (var i = 0; i < 3_000 || refused == 0; i++)
        {
            await Task.Yield();
            if (random.Next(2) == 0)
            {
                waiting.Add(Reserve(book, random.Next(1, 100) / 100m).AsTask());
            }
            else if (open.Count > 0)
            {
                var hold = open[random.Next(open.Count)];
                open.Remove(hold);
                // Mostly less than was held, sometimes nothing, sometimes nobody knows.
                hold.Settle(random.Next(10) switch { 0 => null, 1 => Money.Zero, _ => Money.FromUsd(hold.Amount.Usd * random.Next(1, 20) / 1_000) });
            }
            foreach (var task in waiting.Where(w => w.IsCompleted).ToList())
            {
                waiting.Remove(task);
                if (task.IsFaulted)
                    refused++;
                else
                    open.Add((await task)!);
            }
            var standing = Assert.Single(book.Standings(Now));
            Assert.True(standing.Counted + standing.Held <= Money.FromUsd(10), $"{standing}");
            // Those whose turn has come and who do not know it yet hold something too.
            Assert.True(open.Aggregate(Money.Zero, (sum, h) => sum + h.Amount) <= standing.Held);
        }
        Assert.NotEmpty(_alerts);
    }

    [Fact]
    public async Task WhoeverDoesNotFitOnlyForWhatIsHeldWaitsAndIsServedInOrder()
    {
        var book = Book(_time, Budget(10));
        var first = await Reserve(book, 8);
        var second = Reserve(book, 5).AsTask();
        var third = Reserve(book, 1).AsTask();
        // The third would fit, and does not overtake.
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted);

        first!.Settle(Money.FromUsd(1));
        Assert.Equal(Money.FromUsd(5), (await second)!.Amount);
        Assert.Equal(Money.FromUsd(1), (await third)!.Amount);
    }

    [Fact]
    public async Task WhoeverCanNeverFitIsRefusedAtOnceWithAllThatTheirCallerNeedsToKnow()
    {
        var book = Book(_time, Budget(10));
        (await Reserve(book, 6))!.Settle(Money.FromUsd(6));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Reserve(book, 4.5m).AsTask());
        Assert.Equal((400, "ServiceQuotaExceededException"), (refused.Refusal.Status, refused.Refusal.ErrorType));
        foreach (var part in (string[])["'b'", "(all)", "10 USD a month", "6 USD are spent", "up to 4.5 USD", "resets at 2026-12-01T00:00:00Z"])
            Assert.Contains(part, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitingEndsWhenItsTimeIsOverAndWhenTheCallerLeaves()
    {
        var book = Book(_time, Budget(10), options: new BudgetOptions { MaxWait = TimeSpan.FromSeconds(5) });
        var first = await Reserve(book, 8);
        var patient = Reserve(book, 5).AsTask();
        using var caller = new CancellationTokenSource();
        var leaving = book.ReserveAsync(Demand(Now, 5), "leaving/1", caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAsync<RefusedException>(() => leaving);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Contains("waited in vain", (await Assert.ThrowsAsync<RefusedException>(() => patient)).Message, StringComparison.Ordinal);
        // Nothing of either is left behind.
        first!.Settle(Money.Zero);
        Assert.NotNull(await Reserve(book, 10));
    }

    [Fact]
    public async Task WhatNobodyKnowsCountsAtItsWorstUntilItIsKnown()
    {
        var journal = new MemoryBudgets();
        var book = Book(_time, Budget(10), journal);
        var hold = await Reserve(book, 4);
        hold!.Settle(null);
        Assert.Equal((Money.Zero, Money.FromUsd(4)), (book.Standings(Now)[0].Spent, book.Standings(Now)[0].Unknown));
        hold.Settle(Money.FromUsd(1));
        hold.Settle(Money.FromUsd(1));
        Assert.Equal((Money.FromUsd(1), Money.Zero, Money.Zero), (book.Standings(Now)[0].Spent, book.Standings(Now)[0].Unknown, book.Standings(Now)[0].Held));
        Assert.Equal((Money.FromUsd(1), Money.FromUsd(-4)), (Assert.Single(journal.Differences).Spent, journal.Differences[0].Unknown));
    }

    [Fact]
    public async Task ACallWithoutAPriceIsRefusedUnderAHardLimitUnlessItsOwnerSaysOtherwise()
    {
        var book = Book(_time, Budget(10));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => book.ReserveAsync(Demand(Now, null, model: "nobody.knows-v1") with { WhyUnbounded = "no price" }, "a/1", default).AsTask());
        Assert.Contains("nobody.knows-v1: no price", refused.Message, StringComparison.Ordinal);
        book.Use(book.Budgets, new BudgetOptions { OnUnpriced = BudgetDoubt.Pass });
        Assert.Equal(Money.Zero, (await book.ReserveAsync(Demand(Now, null), "a/2", default))!.Amount);
        book.Use([Budget(10, thresholds: new BudgetThreshold(100, BudgetAction.Alert, []))], new BudgetOptions());
        Assert.NotNull(await book.ReserveAsync(Demand(Now, null), "a/3", default));
    }

    [Fact]
    public async Task FirstCallsOfAnUnknownUserAtOnceDoNotPassTheDefaultLimit()
    {
        var book = Book(_time, Budget(1, "tag:user=each"));
        var tasks = Enumerable.Range(0, 50).Select(i => book.ReserveAsync(Demand(Now, 0.3m, tags: ("user", i < 40 ? "new" : "other")), $"u{i}/1", default).AsTask()).ToList();
        Assert.Equal(3 + 3, tasks.Count(t => t.IsCompletedSuccessfully));
        // Those who do not say who they are share one limit.
        var unnamed = Enumerable.Range(0, 10).Select(i => book.ReserveAsync(Demand(Now, 0.3m), $"n{i}/1", default).AsTask()).ToList();
        Assert.Equal(3, unnamed.Count(t => t.IsCompletedSuccessfully));
        foreach (var hold in tasks.Where(t => t.IsCompletedSuccessfully).Select(t => t.Result!).ToList())
            hold.Settle(Money.FromUsd(0.3m));
        Assert.Equal(Money.FromUsd(0.9m), book.Standings(Now).Single(s => s.Bucket == "new").Spent);
    }

    [Fact]
    public async Task EachThresholdIsToldOnceAPeriodAndAgainAfterAChange()
    {
        var budget = Budget(10, thresholds: [new(50, BudgetAction.Alert, []), new(80, BudgetAction.Alert, []), new(100, BudgetAction.Stop, [])]);
        var book = Book(_time, budget, raise: _alerts.Add);
        await SpendAsync(book, 4.9m);
        Assert.Empty(_alerts);
        await SpendAsync(book, 0.1m);
        await SpendAsync(book, 0.1m);
        Assert.Contains("50 %", Assert.Single(_alerts).Title, StringComparison.Ordinal);
        Assert.Contains("sluice budgets", _alerts[0].Advice, StringComparison.Ordinal);
        await SpendAsync(book, 3.5m);
        Assert.Equal(2, _alerts.Count);
        // The limit refuses before it is spent to the cent, and that is told as well; once.
        await Assert.ThrowsAsync<RefusedException>(() => Reserve(book, 5).AsTask());
        await Assert.ThrowsAsync<RefusedException>(() => Reserve(book, 5).AsTask());
        Assert.Contains("refuses calls", _alerts[2].Title, StringComparison.Ordinal);
        Assert.Equal(3, _alerts.Count);
        book.Use([budget with { Revision = 2 }], new BudgetOptions());
        await SpendAsync(book, 0.01m);
        Assert.Equal(5, _alerts.Count);
        _time.Advance(TimeSpan.FromDays(30));
        await SpendAsync(book, 6);
        Assert.Equal(6, _alerts.Count);
        Assert.Equal(_alerts.Count, _alerts.Select(a => a.Occasion).Distinct().Count());
    }

    [Fact]
    public async Task ALoweredLimitTellsAtOnceWhatHasBeenReachedByIt()
    {
        var budget = Budget(100, thresholds: [new(50, BudgetAction.Alert, []), new(80, BudgetAction.Alert, []), new(100, BudgetAction.Stop, [])]);
        var book = Book(_time, budget, raise: _alerts.Add);
        await SpendAsync(book, 9);
        Assert.Empty(_alerts);

        book.Use([budget with { Limit = Money.FromUsd(10), Revision = 2 }], new BudgetOptions());

        Assert.Equal(["50", "80"], _alerts.Select(a => a.Facts["threshold_percent"]));
    }

    [Fact]
    public async Task ANewWindowBeginsWithNothingSpentAndLateSettlementsGoToTheirOwn()
    {
        var book = Book(_time, Budget(1, period: BudgetPeriod.Day));
        var late = await Reserve(book, 1);
        _time.Advance(TimeSpan.FromHours(12));
        Assert.NotNull(await Reserve(book, 1));
        late!.Settle(Money.FromUsd(0.5m));
        Assert.Equal((Money.Zero, Money.FromUsd(1)), (book.Standings(Now)[0].Spent, book.Standings(Now)[0].Held));
    }

    [Fact]
    public async Task ARollingWindowForgetsWhatIsOlderThanItsLength()
    {
        var book = Book(_time, Budget(1, period: BudgetPeriod.Day, rolling: true));
        await SpendAsync(book, 0.6m);
        _time.Advance(TimeSpan.FromHours(12));
        await SpendAsync(book, 0.4m);
        await Assert.ThrowsAsync<RefusedException>(() => Reserve(book, 0.1m).AsTask());
        _time.Advance(TimeSpan.FromHours(12));
        await Assert.ThrowsAsync<RefusedException>(() => Reserve(book, 0.1m).AsTask());
        Assert.Equal(Now.AddMinutes(30), book.Standings(Now)[0].FreesAt);
        _time.Advance(TimeSpan.FromMinutes(31));
        await SpendAsync(book, 0.6m);
        Assert.Equal(Money.FromUsd(1), book.Standings(Now)[0].Spent);
    }

    [Fact]
    public async Task ModelsAreForbiddenFromTheirThresholdOnAndNotBefore()
    {
        var book = Book(_time, Budget(15, thresholds: [new(80, BudgetAction.Forbid, ["*opus*"]), new(90, BudgetAction.Cheaper, [])]));
        // 0.40 of 15 dollars is 2 %.
        await SpendAsync(book, 0.4m);
        Assert.Equal(2, book.UsedPercent(Demand(Now, null)));
        Assert.NotNull(await book.ReserveAsync(Demand(Now, 1, model: "anthropic.claude-opus-4-8"), "o/1", default));
        await SpendAsync(book, 11.6m);
        Assert.Equal(80, book.UsedPercent(Demand(Now, null)));
        Assert.Null(book.Cheaper(Demand(Now, null)));
        Assert.Contains("forbids anthropic.claude-opus-4-8 from 80 %", (await Assert.ThrowsAsync<RefusedException>(
            () => book.ReserveAsync(Demand(Now, 1, model: "anthropic.claude-opus-4-8"), "o/2", default).AsTask())).Message, StringComparison.Ordinal);
        await SpendAsync(book, 1.5m);
        Assert.NotNull(book.Cheaper(Demand(Now, null)));
    }

    [Theory]
    [InlineData(BudgetDoubt.Refuse)]
    [InlineData(BudgetDoubt.Pass)]
    public async Task WithTheDiskAwayCallsAreTreatedAsConfiguredAndWhatTheyCostIsBooked(BudgetDoubt doubt)
    {
        var journal = new MemoryBudgets { IsBroken = true };
        var book = Book(_time, Budget(10), journal, options: new BudgetOptions { OnStateLoss = doubt });
        if (doubt == BudgetDoubt.Refuse)
        {
            Assert.Equal(503, (await Assert.ThrowsAsync<RefusedException>(() => Reserve(book, 1).AsTask())).Refusal.Status);
            Assert.Equal(Money.Zero, book.Standings(Now)[0].Held);
            return;
        }
        (await Reserve(book, 1))!.Settle(Money.FromUsd(0.5m));
        Assert.Equal(Money.FromUsd(0.5m), book.Standings(Now)[0].Spent);
        Assert.Equal(Money.FromUsd(0.5m), Assert.Single(journal.Differences).Spent);
    }

    private ValueTask<BudgetHold?> Reserve(BudgetBook book, decimal need) => book.ReserveAsync(Demand(Now, need), $"attempt-{++_attempts}/1", CancellationToken.None);

    private async Task SpendAsync(BudgetBook book, decimal usd) => (await Reserve(book, usd))!.Settle(Money.FromUsd(usd));
}
