using System.Text;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Store;

/// <summary>Deliveries of several files, and such as are the whole of their period.</summary>
public sealed class ReplacingTests : IDisposable
{
    private static readonly ImportOptions Whole = new() { ReplacePeriod = true };

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AChargeThatTheWholeBillNoLongerHasGoesWithItsDay()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06") + Charge("USE1-NovaLite-output-tokens", "1", "0.24", hour: "2026-11-03T10"));
        var result = _folder.Import([Bill("again.csv", Charge("USE1-NovaLite-input-tokens", "1", "0.07"))], Whole);

        Assert.Equal((0, 1, 1), (result.NewCharges, result.RestatedCharges, result.RemovedCharges));
        Assert.Equal(0.07m, Assert.Single(_folder.Rows()).Amounts.Billed);
    }

    [Fact]
    public void OtherMonthsPayersAndSourcesStay()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06").Replace("2026-11", "2026-10", StringComparison.Ordinal));
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06").Replace("999900000001", "999900000002", StringComparison.Ordinal));
        _folder.ImportText("BilledCost,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,BillingAccountId,BillingCurrency\n1,2026-11-20T00:00:00Z,2026-11-21T00:00:00Z,2026-11-01T00:00:00Z,999900000001,USD\n", "focus.csv");
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-output-tokens", "1", "0.24"));
        var result = _folder.Import([Bill("again.csv", Charge("USE1-NovaLite-input-tokens", "1", "0.07"))], Whole);

        Assert.Equal(1, result.RemovedCharges);
        Assert.Equal([0.06m, 0.06m, 0.07m, 1m], _folder.Rows().Select(r => r.Amounts.Billed!.Value).Order());
    }

    [Fact]
    public void HalvesOfAChargeInTwoFilesOfOneDeliveryAddUp()
    {
        var parts = (string[])[Bill("part-1.csv", Charge("USE1-NovaLite-input-tokens", "1", "0.06")), Bill("part-2.csv", Charge("USE1-NovaLite-input-tokens", "2", "0.12"))];
        _folder.Import(parts, Whole);
        _folder.Import(parts, Whole);

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((3_000m, 0.18m), (row.Amounts.Quantity, row.Amounts.Billed));
    }

    [Fact]
    public void TwoDeliveriesOneAfterTheOtherRestate()
    {
        foreach (var file in (string[])[Bill("monday.csv", Charge("USE1-NovaLite-input-tokens", "1", "0.06")), Bill("tuesday.csv", Charge("USE1-NovaLite-input-tokens", "2", "0.12"))])
            _folder.Import(file);

        Assert.Equal(0.12m, Assert.Single(_folder.Rows()).Amounts.Billed);
    }

    [Fact]
    public void ABadFileOfADeliveryLeavesEverythingAsItWas()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-output-tokens", "1", "0.24"));
        var before = _folder.Rows();
        Assert.Throws<ImportException>(() => _folder.Import([Bill("good.csv", Charge("USE1-NovaLite-input-tokens", "1", "0.07")), _folder.File("bad.csv", "name,age\nA,3\n"u8.ToArray())], Whole));

        Assert.Equal(before, _folder.Rows());
    }

    [Fact]
    public void AManifestFindsItsFilesByTheKeysThatTheyHad()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Folder, "cur", "20261101-20261201", "assembly"));
        File.WriteAllText(Path.Combine(folder.FullName, "report-1.csv"), CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06"));
        File.WriteAllText(Path.Combine(folder.FullName, "report-2.csv"), CurHeader + "\n" + Charge("USE1-NovaLite-output-tokens", "1", "0.24"));
        var manifest = Path.Combine(_folder.Folder, "cur", "20261101-20261201", "report-Manifest.json");
        File.WriteAllText(manifest, """{"assemblyId":"assembly","reportKeys":["cur/20261101-20261201/assembly/report-1.csv","cur/20261101-20261201/assembly/report-2.csv"]}""");

        Assert.Equal((manifest, 2), (_folder.Import(manifest).File, _folder.Rows().Count));
        File.Delete(Path.Combine(folder.FullName, "report-2.csv"));
        Assert.Contains("lists 'cur/20261101-20261201/assembly/report-2.csv', which isn't beside it", Assert.Throws<ImportException>(() => _folder.Import(manifest)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BucketsOfAnApiReplaceTheDaysThatTheyAreTheWholeOf()
    {
        const string Page = """{"object":"page","data":[{"object":"bucket","start_time":1795132800,"end_time":1795219200,"results":[{"object":"organization.costs.result","amount":{"value":1,"currency":"usd"},"line_item":ITEM}]}],"has_more":false}""";
        _folder.ImportText(Page.Replace("ITEM", "null", StringComparison.Ordinal), "whole.json");
        _folder.ImportText(Page.Replace("ITEM", "null", StringComparison.Ordinal).Replace("1795132800", "1795305600", StringComparison.Ordinal).Replace("1795219200", "1795392000", StringComparison.Ordinal), "later.json");
        var day = DateTimeOffset.FromUnixTimeSeconds(1795132800);
        _folder.Import([_folder.File("grouped.json", Encoding.UTF8.GetBytes(Page.Replace("ITEM", "\"gpt-4o, input\"", StringComparison.Ordinal)))], Whole with { Span = (day, day.AddDays(1)) });

        Assert.Equal(["gpt-4o, input", ""], _folder.Rows().Select(r => r.Facet.UsageType));
    }

    private string Bill(string name, string lines) => _folder.File(name, Encoding.UTF8.GetBytes(CurHeader + "\n" + lines));
}
