using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Ledger.Budgets;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Budgets;

public sealed class BudgetFileTests : IDisposable
{
    private static readonly AccountKey Account = new("chat|app:chat|month", "");
    private static readonly DateTimeOffset Slot = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-budgets-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task HoldsOutliveTheProcessAndAreSettledOnce()
    {
        await using (var file = Open())
            await file.HoldAsync([new HoldRow("inv/1", Account, Slot, Money.FromUsd(2)), new HoldRow("inv/1", Account with { Bucket = "a" }, Slot, Money.FromUsd(2))]);
        string replica;
        await using (var file = Open())
        {
            replica = file.ReplicaId;
            Assert.Equal(["inv/1"], file.OpenAttempts);
            for (var i = 0; i < 3; i++)
                file.Settle(new SettledAttempt("inv/1", Money.FromUsd(0.5m)));
            await file.FlushAsync();
            Assert.Empty(BudgetDatabase.Look(_folder.FullName).Holds);
        }
        await using var again = Open();
        Assert.Equal(replica, again.ReplicaId);
        Assert.Equal([Money.FromUsd(0.5m), Money.FromUsd(0.5m)], again.Spent.Select(s => s.Spent));
        Assert.All(again.Spent, s => Assert.Equal(Money.Zero, s.Unknown));
    }

    [Fact]
    public async Task WhatManyHaveSettledIsWrittenAsItsSumWithoutBeingAskedFor()
    {
        await using var file = Open();
        for (var i = 0; i < 1_000; i++)
        {
            await file.HoldAsync([new HoldRow($"{i}/1", Account, Slot, Money.FromUsd(2)), new HoldRow($"{i}/1", Account with { Bucket = "a" }, Slot, Money.FromUsd(2))]);
            if (i == 0)
                Assert.Equal(["0/1", "0/1"], BudgetDatabase.Look(_folder.FullName).Holds.Select(h => h.AttemptId));
            file.Settle(new SettledAttempt($"{i}/1", Money.FromUsd(0.001m)));
        }
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        while (BudgetDatabase.Look(_folder.FullName).Holds.Count > 0)
            await Task.Delay(10, patience.Token);
        Assert.Equal([Money.FromUsd(1), Money.FromUsd(1)], BudgetDatabase.Look(_folder.FullName).Spent.Select(s => s.Spent));
    }

    [Fact]
    public async Task WhatNobodyKnowsCountsAtWhatWasHeldUntilItIsCorrected()
    {
        await using var file = Open();
        await file.HoldAsync([new HoldRow("inv/1", Account, Slot, Money.FromUsd(2))]);
        file.Settle(new SettledAttempt("inv/1", null));
        await file.FlushAsync();
        Assert.Equal(new SpentRow(Account, Slot, Money.Zero, Money.FromUsd(2)), Assert.Single(file.Spent));
        file.Adjust(new SpentRow(Account, Slot, Money.FromUsd(1), Money.FromUsd(-2)));
        await file.FlushAsync();
        Assert.Equal(new SpentRow(Account, Slot, Money.FromUsd(1), Money.Zero), Assert.Single(file.Spent));
    }

    [Fact]
    public void BudgetsAreKeptAsTheyWereSetAndAChangeIsARevision()
    {
        var budget = new Budget
        {
            Name = "chat",
            Scope = BudgetScope.TryParse("tag:environment=production")!,
            Limit = Money.FromUsd(12.34m),
            Window = new BudgetWindow(BudgetPeriod.Quarter, true, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")),
            Thresholds = [new(50, BudgetAction.Alert, []), new(90, BudgetAction.Forbid, ["*opus*", "*sonnet*"]), new(100, BudgetAction.Stop, [])],
        };
        BudgetDatabase.Set(_folder.FullName, budget);
        var read = Assert.Single(BudgetDatabase.Managed(_folder.FullName));
        Assert.True(budget.IsSameAs(read));
        Assert.Equal([1, 1], Enumerable.Range(0, 2).Select(_ => BudgetDatabase.Revise(_folder.FullName, [read])[0].Revision));
        Assert.Equal(2, BudgetDatabase.Revise(_folder.FullName, [read with { Limit = Money.FromUsd(20) }])[0].Revision);
        Assert.True(BudgetDatabase.Remove(_folder.FullName, "chat"));
        Assert.False(BudgetDatabase.Remove(_folder.FullName, "chat"));
        Assert.Empty(BudgetDatabase.Managed(_folder.FullName));
    }

    [Fact]
    public void AnEmptyFileIsDamageAndNoFreshStart()
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, BudgetFile.FileName), []);
        Assert.Contains("is empty", Assert.Throws<BudgetStateException>(Open).Message, StringComparison.Ordinal);
    }

    private BudgetFile Open() => BudgetFile.Open(_folder.FullName, NullLogger.Instance);
}
