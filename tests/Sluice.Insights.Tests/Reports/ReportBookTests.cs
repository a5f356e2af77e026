using Sluice.Insights.Reports;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Reports;

public sealed class ReportBookTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Claude Sonnet 4.5 at 3 dollars a million, 3.75 for a write and 0.30 for a read (AWS's price list, global, November 2026): 4,410 tokens
    /// written cost 0.0165375 where plain they were 0.01323, and read 0.001323.
    /// </summary>
    [Fact]
    public void CacheSavingsAreReadsAgainstPlainInputLessWhatWritesCostMore()
    {
        const string Sonnet = "Claude Sonnet 4.5 (Amazon Bedrock Edition)";
        _folder.ImportText(CurHeader + "\n"
            + Charge("USE1-MP:USE1_InputTokenCount_Global-Units", "0.000014", "0.000042", product: Sonnet)
            + Charge("USE1-MP:USE1_CacheWriteInputTokenCount_Global-Units", "0.00441", "0.0165375", product: Sonnet)
            + Charge("USE1-MP:USE1_CacheReadInputTokenCount_Global-Units", "0.00441", "0.001323", "2026-11-20T11", product: Sonnet));

        var row = Assert.Single(Billed("cache-savings").Rows);
        // Model, share of reads, currency, saving, premium, net, tokens without a price: 4,410 of 8,834 tokens are read.
        Assert.Equal([0.4992m, "USD", 0.011907m, 0.0033075m, 0.0085995m, 0L], row[1..]);
        Assert.Equal(0.000042m + 0.0165375m, 0.0165795m);
        Assert.Equal(0.000042m + 0.001323m, 0.001365m);
    }

    [Fact]
    public void ABillWithoutPlainInputCannotTellWhatCachingSaved()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-Claude3Haiku-cache-read-input-token-count", "10", "0.0003") + Charge("USE1-NovaLite-input-tokens", "1", "0.00006"));

        var row = Assert.Single(Billed("cache-savings").Rows);
        Assert.Equal([1m, "USD", null, null, null, 10_000L], row[1..]);
    }

    [Fact]
    public void ThePriceOfAnotherDayStandsInWhereADayHasNoPlainInput()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-Claude3Haiku-input-tokens", "10", "0.0025") + Charge("USE1-Claude3Haiku-cache-read-input-token-count", "10", "0.0003", "2026-11-19T10"));

        Assert.Equal(0.0022m, Assert.Single(Billed("cache-savings").Rows)[3]);
    }

    [Fact]
    public void ReportsEndWhereTheBillsEnd()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06", "2026-11-01T10") + Charge("USE1-NovaLite-input-tokens", "1", "0.07", "2026-11-20T10"));

        var families = Billed("spend-by-family");
        Assert.Equal((new DateTimeOffset(2026, 11, 7, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)), (families.From, families.To));
        Assert.Equal(["2026-11-20", "Nova", "USD", 0.07m, 0L], Assert.Single(families.Rows));
        var hours = Billed("tokens-by-hour");
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 11, 0, 0, TimeSpan.Zero), hours.To);
        Assert.Equal(["2026-11-20T10:00:00Z", "AWS", 1_000L, 0L, 0L, 0L], Assert.Single(hours.Rows));
        Assert.Equal(["2026-11", "AWS", "USD", 0.13m, 0L], Assert.Single(Billed("spend-by-provider").Rows));
        Assert.Equal("cur", Assert.Single(families.Coverage).Source);
    }

    [Fact]
    public void SharesOfTeamsAndCostsOfTasksAreThoseOfTheBill()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "3", tags: "{\"user_team\":\"a\",\"user_task\":\"sort\"}") + Charge("USE1-NovaLite-input-tokens", "1", "1"));

        Assert.Equal([["a", "USD", 3m, 0.75m, 0L], ["", "USD", 1m, 0.25m, 0L]], Billed("spend-by-team").Rows);
        // No bill counts calls, so what one costs is not known from it.
        Assert.Equal(["sort", null, "USD", 3m, null, 0L], Billed("cost-per-task").Rows[0]);
    }

    [Fact]
    public void EveryReportOfAnEmptyStoreIsEmpty() => Assert.All(ReportBook.All, r => Assert.Empty(Billed(r.Name).Rows));

    private ReportAnswer Billed(string name) => ReportBook.Billed(name, _folder.Store, new ReportQuery());
}
