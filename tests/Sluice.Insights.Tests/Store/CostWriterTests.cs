using System.Globalization;
using System.Text;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Store;

public sealed class CostWriterTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CountsWhatIsNewAndWhatIsRestatedAcrossBatches()
    {
        // More rows than a batch holds, and each charge twice, far apart.
        var bill = new StringBuilder(CurHeader + "\n");
        for (var copy = 0; copy < 2; copy++)
        {
            for (var i = 0; i < 30_000; i++)
                bill.Append(Charge("USE1-NovaLite-input-tokens", "1", "0.25", Hour(i)));
        }
        var first = _folder.ImportText(bill.ToString());
        var second = _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "1", Hour(3)) + Charge("USE1-NovaLite-output-tokens", "1", "1", Hour(3)));

        Assert.Equal((30_000, 0), (first.NewCharges, first.RestatedCharges));
        Assert.Equal((1, 1), (second.NewCharges, second.RestatedCharges));
        Assert.Equal((30_000 * 0.5m) - 0.5m + 2, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public void FacetsThatAreForgottenAndMetAgainKeepTheirNumbers()
    {
        var bill = new StringBuilder(CurHeader + "\n");
        for (var copy = 0; copy < 2; copy++)
        {
            for (var i = 0; i < 60_000; i++)
                bill.Append(Charge("USE1-NovaLite-input-tokens", "1", "0.25", tags: $"{{\"user_app\":\"{i}\"}}"));
        }
        var result = _folder.ImportText(bill.ToString());

        Assert.Equal((60_000, 0), (result.NewCharges, result.RestatedCharges));
        Assert.All(_folder.Rows(), r => Assert.Equal(0.5m, r.Amounts.Billed));
        // More sums of a day than are carried in memory.
        Assert.All((string[])["month", "day", "hour"], by => Assert.Equal(30_000m, Assert.Single(BillSpend.Ask(_folder.Store, new BillQuery { GroupBy = [by] }).Rows).Cost));
    }

    [Fact]
    public void AStoreOfAnotherVersionIsNotTouched()
    {
        using var command = _folder.Store.Connection.CreateCommand();
        command.CommandText = "PRAGMA user_version = 99";
        command.ExecuteNonQuery();
        var refusal = Assert.Throws<CostStoreException>(() => CostStore.Open(_folder.Folder, TimeProvider.System));
        Assert.Contains("import the bills again", refusal.Message, StringComparison.Ordinal);
    }

    private static string Hour(int i) => new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(i).ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);
}
