using Sluice.Core.Metering;
using Sluice.Insights.Spend;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.MeteredCalls;

namespace Sluice.Insights.Tests.Spend;

public sealed class MeteredSpendTests : IDisposable
{
    private readonly MeteredCalls _calls = new();

    public void Dispose() => _calls.Dispose();

    [Fact]
    public async Task FamiliesAreThoseOfThePriceBookAndTheProviderIsAws()
    {
        var rows = await AskAsync(["provider", "family"], Call(Sonnet, "", new Usage { Input = 10 }, (UsageKind.Input, 1)), Call("a-model-of-nobody", "", new Usage { Input = 1 }, (UsageKind.Input, 2)));

        Assert.Equal([("AWS", "Claude Sonnet", 1m), ("AWS", "a-model-of-nobody", 2m)], rows.Select(r => (r.Group[0], r.Group[1], r.Cost!.Value)).OrderBy(r => r.Item3));
        Assert.All(rows, r => Assert.Equal("USD", r.Currency));
    }

    [Fact]
    public async Task ModelsOfOneFamilyAreOneRow()
    {
        var rows = await AskAsync(["family"], Call(Nova, "", new Usage { Input = 10 }, (UsageKind.Input, 1)), Call("amazon.nova-pro-v1:0", "", new Usage { Output = 5 }, (UsageKind.Output, 2)));

        var row = Assert.Single(rows);
        Assert.Equal(("Nova", 2L, 3m, 10m, 5m), (row.Group[0], row.Lines, row.Cost, row.Input, row.Output));
    }

    [Fact]
    public async Task RowsOfSingleKindsCountTheCallsTheyArePartsOf()
    {
        var usage = new Usage { Input = 10, Output = 5 };
        var rows = await AskAsync(["model", "kind"], Call(Nova, "", usage, (UsageKind.Input, 1), (UsageKind.Output, 2)), Call(Nova, "", usage));

        var input = rows.Single(r => r.Group[1] == "input");
        Assert.Equal((2L, 1L, 20m, 0m, 1m), (input.Lines, input.UnpricedLines, input.Input, input.Output, input.Cost));
    }

    [Fact]
    public async Task WhatNoCallTellsTheCostOfIsUnknownAndNotZero()
    {
        var rows = await AskAsync(["model"], Call(Nova, "", new Usage { Input = 10 }), Call(Sonnet, "", new Usage { Input = 10 }, (UsageKind.Input, 0)));

        Assert.Null(rows.Single(r => r.Group[0] == Nova).Cost);
        Assert.Equal(0m, rows.Single(r => r.Group[0] == Sonnet).Cost);
    }

    [Fact]
    public async Task DimensionsThatTheLedgerLacksAreEmpty()
    {
        var row = Assert.Single(await AskAsync(["batch", "latency", "band", "region"], Call(Nova, "", new Usage { Input = 10 }, (UsageKind.Input, 1))));

        Assert.Equal(["", "", "", "us-east-1"], row.Group);
    }

    private async Task<List<BillRow>> AskAsync(string[] by, params Core.Invocations.InvocationRecord[] records)
    {
        using var ledger = await _calls.LedgerAsync(records);
        return MeteredSpend.Ask(ledger, new BillQuery { GroupBy = by });
    }
}
