using System.Collections.Immutable;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Ledger.Queries;
using Sluice.Ledger.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Queries;

public sealed class SpendQueryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 29, 22, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SumsByAnyDimensionsAndFiltersAreThoseOfTheRecordsToThePicoDollar(int seed)
    {
        var invocations = new RandomInvocations(seed, Start);
        var records = Enumerable.Range(0, 1_500).Select(_ => invocations.Closed()).ToList();
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);
        using var reader = await folder.ReadAsync();

        foreach (var dimension in SpendQuery.Dimensions.Append("tag:project").Append("tag:none"))
            AssertSums(new SpendQuery { GroupBy = [dimension] });
        var random = new Random(seed);
        for (var i = 0; i < 150; i++)
            AssertSums(RandomQuery(random, records));

        void AssertSums(SpendQuery query) => Assert.Equal(Lines(SpendModel.Run(records, query)), Lines(reader.Spend(query)));
    }

    [Fact]
    public async Task SumsBeyondAll64BitPicoDollarsStayExact()
    {
        // 64 bits of pico-dollars end at 9.2 million dollars; these are in one hour and one group.
        var amount = Money.FromUsd(9_999_999.999999999999m);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(Enumerable.Range(0, 50).Select(i => Call($"i{i}", amount)));
        using var reader = await folder.ReadAsync();

        var row = Assert.Single(reader.Spend(new SpendQuery()));

        Assert.Equal(Money.FromUsd(50 * amount.Usd), row.Cost);
        Assert.Equal(row.Cost, Assert.Single(reader.Spend(new SpendQuery { GroupBy = ["kind"] })).Cost);
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task UnpricedAndEstimatedCallsStandApart()
    {
        var priced = Call("priced", Money.FromUsd(1));
        using var folder = new LedgerFolder();
        await folder.WriteAsync([
            priced,
            priced with { InvocationId = "estimated", Cost = Money.FromUsd(2), Usage = priced.Usage! with { Source = UsageSource.Estimated } },
            priced with { InvocationId = "unpriced", Cost = null },
            priced with { InvocationId = "unknown", Cost = null, Usage = null, CostByKind = priced.CostByKind.Clear() },
        ]);
        using var reader = await folder.ReadAsync();

        var row = Assert.Single(reader.Spend(new SpendQuery()));

        Assert.Equal((4, 2, 1), (row.Calls, row.UnpricedCalls, row.EstimatedCalls));
        Assert.Equal((Money.FromUsd(3), Money.FromUsd(2)), (row.Cost, row.EstimatedCost));
    }

    [Fact]
    public async Task CallsWithASuspectUsageAreCounted()
    {
        var sure = Call("sure", Money.FromUsd(1));
        using var folder = new LedgerFolder();
        await folder.WriteAsync([
            sure,
            sure with { InvocationId = "suspect", Attempts = [new AttemptRecord { Number = 1, StartedAt = sure.StartedAt, Upstream = "aws", Model = "m", Usage = sure.Usage, UsageSuspect = SuspectUsage.TotalMismatch }] },
        ]);
        using var reader = await folder.ReadAsync();

        var row = Assert.Single(reader.Spend(new SpendQuery()));
        Assert.Equal((2, 1, 0), (row.Calls, row.SuspectCalls, row.EstimatedCalls));
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task ACountThatNoCallCanHaveDoesNotStopTheSums()
    {
        var call = Call("sane", Money.FromUsd(1));
        using var folder = new LedgerFolder();
        await folder.WriteAsync([
            call,
            .. Enumerable.Range(0, 20).Select(i => call with { InvocationId = $"mad{i}", Usage = new Usage { Input = long.MaxValue }, Cost = Money.FromUsd(70_000_000_000_000m) }),
        ]);
        using var reader = await folder.ReadAsync();

        var row = Assert.Single(reader.Spend(new SpendQuery()));

        Assert.Equal((21, 20, Money.FromUsd(1)), (row.Calls, row.UnpricedCalls, row.Cost));
        Assert.Equal(21, reader.Export().Count());
        await folder.VerifyAsync();
    }

    [Theory]
    [InlineData("with \"quotes\"")]
    [InlineData("back\\slash")]
    [InlineData("a.b[0]")]
    [InlineData("Zürich €😀")]
    [InlineData("it's; --")]
    public async Task TagsOfAnyNameCanBeAskedFor(string name)
    {
        var tags = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(name, "😀 here").Add("other", "x");
        using var folder = new LedgerFolder();
        await folder.WriteAsync([Call("a", Money.FromUsd(1)) with { Tags = tags }, Call("b", Money.FromUsd(2))]);
        using var reader = await folder.ReadAsync();

        var rows = reader.Spend(new SpendQuery { GroupBy = [$"tag:{name}"] });
        var filtered = reader.Spend(new SpendQuery { Filters = Filter($"tag:{name}", "😀 h*") });

        Assert.Equal([("", Money.FromUsd(2)), ("😀 here", Money.FromUsd(1))], rows.Select(r => (r.Group[0], r.Cost)));
        Assert.Equal(Money.FromUsd(1), Assert.Single(filtered).Cost);
    }

    [Fact]
    public async Task AFilterWithoutValuesFitsNothing()
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync([Call("a", Money.FromUsd(1))]);
        using var reader = await folder.ReadAsync();

        Assert.Empty(reader.Spend(new SpendQuery { Filters = Filter("app") }));
    }

    private static SpendQuery RandomQuery(Random random, List<InvocationRecord> records)
    {
        string[] dimensions = [.. SpendQuery.Dimensions, "tag:project"];
        var filters = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (random.Next(2) == 0)
            filters["app"] = random.Next(2) == 0 ? ["chat", "tickets"] : ["s*"];
        if (random.Next(3) == 0)
            filters["model"] = ["anthropic.*"];
        if (random.Next(4) == 0)
            filters["team"] = ["", "red"];
        if (random.Next(4) == 0)
            filters["kind"] = ["input", "output_image"];
        if (random.Next(4) == 0)
            filters["tag:project"] = [records.Select(r => r.Tags.GetValueOrDefault("project")).First(p => p is not null)!];
        return new SpendQuery
        {
            GroupBy = [.. Enumerable.Range(0, random.Next(4)).Select(_ => dimensions[random.Next(dimensions.Length)]).Distinct()],
            Filters = filters,
            From = random.Next(3) == 0 ? Start.AddMinutes(random.Next(4_000)) : null,
            To = random.Next(3) == 0 ? Start.AddMinutes(random.Next(4_000)) : null,
        };
    }

    private static Dictionary<string, IReadOnlyList<string>> Filter(string dimension, params string[] values) => new(StringComparer.Ordinal) { [dimension] = values };

    private static InvocationRecord Call(string id, Money cost) => new()
    {
        InvocationId = id,
        StartedAt = Start,
        Operation = Operation.Converse,
        Outcome = Outcome.Completed,
        Usage = new Usage { Input = 3 },
        Cost = cost,
        CostByKind = ImmutableSortedDictionary<UsageKind, Money>.Empty.Add(UsageKind.Input, cost),
    };

    private static IEnumerable<string> Lines(IEnumerable<SpendRow> rows) =>
        rows.Select(r => $"{string.Join('|', r.Group)}: {r with { Group = [], Units = Plain(r.Units), EstimatedQuantity = Plain(r.EstimatedQuantity), SuspectQuantity = Plain(r.SuspectQuantity) }}".Replace("Group = System.String[], ", "")).Order(StringComparer.Ordinal);

    /// <summary>Without the zeros at its end.</summary>
    private static decimal Plain(decimal value) => value / 1.000000000000000000000000000m;
}
