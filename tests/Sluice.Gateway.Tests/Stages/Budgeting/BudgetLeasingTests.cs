using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Testing;
using static Sluice.Gateway.Tests.Stages.Budgeting.MemoryBudgets;

namespace Sluice.Gateway.Tests.Stages.Budgeting;

public sealed class BudgetLeasingTests
{
    private readonly ManualTime _time = new();
    private readonly Table _table = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task NoOrderOfExchangesFailuresAndCallsTakesReplicasTogetherBeyondTheLimit(int seed)
    {
        var random = new Random(seed);
        var books = Enumerable.Range(0, 4).Select(i => Book(_time, Budget(10), leases: _table.For($"r{i}", random))).ToList();
        var open = new List<BudgetHold>();
        var waiting = new List<Task<BudgetHold?>>();
        var spent = 0m;
        for (var i = 0; i < 4_000; i++)
        {
            var book = books[random.Next(books.Count)];
            switch (random.Next(4))
            {
                case 0:
                    waiting.Add(book.ReserveAsync(Demand(_time.GetUtcNow(), random.Next(1, 100) / 100m), $"a{i}/1", default).AsTask());
                    break;
                case 1 when open.Count > 0:
                    var hold = open[random.Next(open.Count)];
                    open.Remove(hold);
                    var cost = hold.Amount.Usd * random.Next(1, 30) / 1_000;
                    hold.Settle(Money.FromUsd(cost));
                    spent += cost;
                    break;
                default:
                    _table.FailsIn = random.Next(8);
                    await book.ExchangeAsync(default);
                    break;
            }
            foreach (var task in waiting.Where(t => t.IsCompleted).ToList())
            {
                waiting.Remove(task);
                if (task.IsCompletedSuccessfully)
                    open.Add((await task)!);
            }
            Assert.True(_table.Granted <= 10, $"{_table.Granted} are leased of 10");
            Assert.True(spent + open.Sum(h => h.Amount.Usd) <= 10, $"{spent} are spent and {open.Sum(h => h.Amount.Usd)} held of 10");
        }
    }

    [Fact]
    public async Task AReplicaUsesItsLeaseWhileTheStateIsAwayAndGivesBackWhatItDoesNotNeed()
    {
        var (one, two) = (Book(_time, Budget(10), leases: _table.For("one")), Book(_time, Budget(10), leases: _table.For("two")));
        var first = await ReserveAsync(one, 1);
        // A part of what was left came along with it.
        Assert.True(_table.Granted > 1);
        _table.FailsIn = 0;
        Assert.NotNull(await one.ReserveAsync(Demand(_time.GetUtcNow(), 0.04m), "more/1", default));
        _table.FailsIn = 9;
        await one.ExchangeAsync(default);
        await one.ExchangeAsync(default);
        // 1.04 are held, and a two-hundredth of the limit stays at hand.
        Assert.Equal(1.09m, _table.Granted);
        first.Settle(Money.FromUsd(0.1m));
        await one.ExchangeAsync(default);
        // The other can have all the rest.
        Assert.NotNull(await ReserveAsync(two, 9.81m));
        Assert.Equal(10m, _table.Granted);
    }

    [Theory]
    [InlineData(BudgetDoubt.Refuse)]
    [InlineData(BudgetDoubt.Pass)]
    public async Task BeyondItsLeaseALostStateRefusesOrPassesAndIsToldAfterwards(BudgetDoubt doubt)
    {
        var book = Book(_time, Budget(10), leases: _table.For("one"), options: new BudgetOptions { OnStateLoss = doubt });
        _table.FailsIn = 0;
        var asked = book.ReserveAsync(Demand(_time.GetUtcNow(), 1), "a/1", default).AsTask();
        await book.ExchangeAsync(default);
        _table.FailsIn = 9;
        if (doubt == BudgetDoubt.Refuse)
        {
            Assert.Equal(503, (await Assert.ThrowsAsync<RefusedException>(() => asked)).Refusal.Status);
            return;
        }
        (await asked)!.Settle(Money.FromUsd(0.75m));
        Assert.Equal(0, _table.Granted);
        await book.ExchangeAsync(default);
        Assert.Null(book.StateLost);
        Assert.Equal(0.75m, _table.Used);
    }

    [Fact]
    public async Task AnEndWaitsForWhatIsUnderWayAndLeavesNothingLeased()
    {
        var book = Book(_time, Budget(10), leases: _table.For("one"));
        var (first, second) = (await ReserveAsync(book, 1), await ReserveAsync(book, 2));
        var ending = book.EndAsync(TimeSpan.FromMinutes(1));
        first.Settle(Money.FromUsd(0.5m));
        Assert.False(ending.IsCompleted);
        second.Settle(Money.FromUsd(0.25m));
        Assert.Equal(0, await ending);
        Assert.Equal((0.75m, 0.75m), (_table.Granted, _table.Used));
    }

    [Fact]
    public async Task AnEndDoesNotWaitForEverAndKeepsWhatIsStillHeld()
    {
        var book = Book(_time, Budget(10), leases: _table.For("one"));
        await ReserveAsync(book, 1);
        Assert.Equal(1, await book.EndAsync(TimeSpan.Zero));
        Assert.Equal((1m, 0m), (_table.Granted, _table.Used));
    }

    [Fact]
    public async Task AnEndGivesBackWhatWasKeptBecauseTheStateWasAway()
    {
        var book = Book(_time, Budget(10), leases: _table.For("one"));
        (await ReserveAsync(book, 1)).Settle(Money.FromUsd(0.5m));
        _table.FailsIn = 0;
        await book.ExchangeAsync(default);
        Assert.NotNull(book.StateLost);
        _table.FailsIn = 9;
        Assert.Equal(0, await book.EndAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal((0.5m, 0.5m), (_table.Granted, _table.Used));
    }

    private async Task<BudgetHold> ReserveAsync(BudgetBook book, decimal need)
    {
        var asked = book.ReserveAsync(Demand(_time.GetUtcNow(), need), $"{need}/1", default).AsTask();
        for (var i = 0; i < 5 && !asked.IsCompleted; i++)
            await book.ExchangeAsync(default);
        return (await asked)!;
    }

    /// <summary>The shared state as the database keeps it: the same rule, in memory.</summary>
    private sealed class Table
    {
        private readonly Dictionary<(string Replica, DateTimeOffset Slot), (decimal Granted, decimal Used)> _rows = [];

        /// <summary>Exchanges until one fails.</summary>
        public int FailsIn { get; set; } = int.MaxValue;

        public decimal Granted => _rows.Values.Sum(r => r.Granted);

        public decimal Used => _rows.Values.Sum(r => r.Used);

        public IBudgetLeases For(string replica, Random? random = null) => new Replica(this, replica, random);

        private sealed class Replica(Table table, string name, Random? random) : IBudgetLeases
        {
            public Task<IReadOnlyList<Lease>> ExchangeAsync(IReadOnlyList<LeaseRequest> requests, CancellationToken cancellationToken)
            {
                if (table.FailsIn == 0 && random?.Next(2) != 1)
                    throw new BudgetStateException("away");
                var leases = new List<Lease>();
                foreach (var request in requests)
                {
                    var others = table._rows.Where(r => r.Key != (name, request.Slot)).Select(r => r.Value).ToList();
                    var (granted, used) = (others.Sum(o => o.Granted), others.Sum(o => o.Used));
                    var room = request.Limit!.Value.Usd - granted;
                    var mine = room < request.Least.Usd ? request.Floor.Usd : Math.Max(request.Floor.Usd, Math.Min(request.Target.Usd, room));
                    table._rows[(name, request.Slot)] = (mine, request.Used.Usd);
                    leases.Add(new Lease(request, Money.FromUsd(mine), Money.FromUsd(granted), Money.FromUsd(used)));
                }
                // The answer may be lost after the state has taken the question in.
                return table.FailsIn == 0 ? throw new BudgetStateException("lost on the way") : Task.FromResult<IReadOnlyList<Lease>>(leases);
            }
        }
    }
}
