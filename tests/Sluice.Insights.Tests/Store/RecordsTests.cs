using Sluice.Insights.Imports;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Store;

/// <summary>Sources that deliver each record once, and sources that count without money.</summary>
public sealed class RecordsTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RowsOfSeveralFilesForOneChargeAddUp()
    {
        _folder.ImportText(Usage("r1", 100), "a.json");
        var second = _folder.ImportText(Usage("r2", -100) + Usage("r3", 90), "b.json");

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((90m, 3L), (row.Amounts.Quantity, row.Lines));
        Assert.Equal((0, 0), (second.NewCharges, second.RestatedCharges));
    }

    [Fact]
    public void ARecordThatComesAgainChangesNothing()
    {
        _folder.ImportText(Usage("r1", 100) + Usage("r2", 5), "a.json");
        var before = _folder.Rows();
        var again = _folder.ImportText(Usage("r2", 5) + Usage("r1", 100) + Usage("r1", 100), "b.json");

        Assert.Equal(before, _folder.Rows());
        Assert.Equal((0, 3), (again.Rows, again.KnownRows));
    }

    [Fact]
    public void ADeliveryThatReplacesHasItsRecordsInPlaceOfTheEarlier()
    {
        _folder.ImportText(Usage("r1", 100) + Usage("r2", 5), "a.json");
        var again = _folder.Import([_folder.File("b.json", System.Text.Encoding.UTF8.GetBytes(Usage("r1", 80)))], new ImportOptions { ReplacePeriod = true });

        Assert.Equal(80m, Assert.Single(_folder.Rows()).Amounts.Quantity);
        Assert.Equal((1, 0), (again.Rows, again.KnownRows));
    }

    [Fact]
    public void CountsAreInNoSumOfBills()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06"));
        var (before, coverage) = (_folder.Rows(), _folder.Store.Coverage());
        _folder.ImportText("""{"MetricDataResults":[{"Label":"amazon.nova-lite-v1:0 InputTokenCount","Timestamps":["2026-11-20T10:00:00Z","2026-11-22T10:00:00Z"],"Values":[1000,7]}]}""", "metrics.json");

        Assert.Equal(before, _folder.Rows());
        Assert.Equal(coverage, _folder.Store.Coverage());
        Assert.Equal([1000m, 7m], _folder.Counted().Select(r => r.Amounts.Quantity!.Value));
        Assert.All(_folder.Counted(), r => Assert.Equal("counted", r.Basis));
    }

    private static string Usage(string id, int quantity) =>
        $$"""{"record_id":"{{id}}","account_id":"a","workspace_id":"7","sku_name":"S","cloud":"AWS","usage_start_time":"2026-11-20T10:00:00Z","usage_end_time":"2026-11-20T11:00:00Z","usage_unit":"DBU","usage_quantity":{{quantity}},"billing_origin_product":"MODEL_SERVING"}""" + "\n";
}
