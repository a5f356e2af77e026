using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Insights.Reports;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.MeteredCalls;

namespace Sluice.Insights.Tests.Reports;

/// <summary>The same reports, of the ledger.</summary>
public sealed class MeteredReportTests : IDisposable
{
    private static readonly DateTimeOffset Now = Start.AddHours(5);

    private readonly MeteredCalls _calls = new();

    public void Dispose() => _calls.Dispose();

    [Fact]
    public async Task ATaskCostsWhatItsPricedCallsCostEach()
    {
        var usage = new Usage { Input = 10 };
        var report = await ReportAsync("cost-per-task", Call(Nova, "sort", usage, (UsageKind.Input, 3)), Call(Nova, "sort", usage, (UsageKind.Input, 1)), Call(Nova, "sort", usage), Call(Nova, "", usage, (UsageKind.Input, 1)));

        // Task, calls, currency, cost, cost of a call, unpriced: the third call of the task has no price and is no free one.
        Assert.Equal([["sort", 3L, "USD", 4m, 2m, 1L], ["", 1L, "USD", 1m, 1m, 0L]], report.Rows);
        Assert.Equal(("metered", "metered", 1L), (report.Basis, report.Cost, report.Unpriced));
    }

    /// <summary>
    /// Claude Sonnet 4.5 at 3 dollars a million, 3.75 for a write and 0.30 for a read (AWS's price list, global, November 2026): 14 plain
    /// tokens beside 4,410 that are written cost 0.0165795, beside the same read 0.001365.
    /// </summary>
    [Fact]
    public async Task CacheSavingsOfTheLedgerAreThoseOfTheBill()
    {
        var report = await ReportAsync(
            "cache-savings",
            Call(Sonnet, "", new Usage { Input = 14, CacheWrite5m = 4_410 }, (UsageKind.Input, 0.000042m), (UsageKind.CacheWrite5m, 0.0165375m)),
            Call(Sonnet, "", new Usage { Input = 14, CacheRead = 4_410 }, (UsageKind.Input, 0.000042m), (UsageKind.CacheRead, 0.001323m)));

        // Model, share of reads, currency, saving, premium, net, tokens without a price: 4,410 of 8,848 tokens are read.
        Assert.Equal([Sonnet, 0.4984m, "USD", 0.011907m, 0.0033075m, 0.0085995m, 0L], Assert.Single(report.Rows));
    }

    [Fact]
    public async Task ReportsOfTheLedgerEndNowAndCoverTheDaysThatHaveCalls()
    {
        var late = Call(Nova, "", new Usage { Input = 10 }, (UsageKind.Input, 3)) with { StartedAt = Start.AddDays(-40) };
        var report = await ReportAsync("spend-by-family", late, Call(Nova, "", new Usage { Input = 10 }, (UsageKind.Input, 1)));

        Assert.Equal((new DateTimeOffset(2026, 11, 7, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)), (report.From, report.To));
        Assert.Equal(["2026-11-20", "Nova", "USD", 1m, 0L], Assert.Single(report.Rows));
        var coverage = Assert.Single(report.Coverage);
        Assert.Equal(("ledger", new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero)), (coverage.Source, coverage.From));
    }

    [Fact]
    public async Task AnUnpricedCallIsCountedOnceHoweverManyKindsItHas()
    {
        var report = await ReportAsync("tokens-by-model", Call(Nova, "", new Usage { Input = 10, Output = 5 }));

        Assert.Equal(1L, report.Unpriced);
        Assert.Equal([[Nova, "input", 10L, "USD", null, 1L], [Nova, "output", 5L, "USD", null, 1L]], report.Rows.OrderBy(r => (string)r[1]!, StringComparer.Ordinal));
    }

    [Fact]
    public async Task EveryReportOfAnEmptyLedgerIsEmpty()
    {
        using var ledger = await _calls.LedgerAsync();

        Assert.All(ReportBook.All, r => Assert.Empty(ReportBook.Metered(r.Name, ledger, new ReportQuery(), Now).Rows));
    }

    private async Task<ReportAnswer> ReportAsync(string name, params InvocationRecord[] records)
    {
        using var ledger = await _calls.LedgerAsync(records);
        return ReportBook.Metered(name, ledger, new ReportQuery(), Now);
    }
}
