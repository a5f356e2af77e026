using System.Globalization;
using System.Text;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Store;

/// <summary>Sums of months, days and hours against a scan of the charges.</summary>
public sealed class CostRollupsTests : IDisposable
{
    private static readonly string[] UsageTypes =
    [
        "USE1-NovaLite-input-tokens", "USE1-NovaLite-output-tokens", "USE1-Claude3Haiku-input-tokens", "USE1-Claude3Haiku-cache-read-input-token-count", "USE1-Zebra9-strides",
    ];

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void SumsAreThoseOfAScanAfterAnySequenceOfImports(int seed)
    {
        var random = new Random(seed);
        for (var import = 0; import < 6; import++)
        {
            _folder.ImportText(RandomBill(random));
            foreach (var by in (string[][])[["month", "model", "kind"], ["day", "team"], ["hour", "provider", "kind"], ["day", "service", "currency"]])
            {
                var query = new BillQuery { GroupBy = by, Services = by[0] == "hour" ? BillReach.GenerativeAi : BillReach.All };
                // The tag makes the question one that only the charges can answer.
                var scan = Told(query with { GroupBy = [.. by, "tag:none"] }, by.Length);
                Assert.Equal(scan, Told(query, by.Length));
            }
        }
    }

    [Fact]
    public void TheLargestSumsThatCanAnswerAreTaken()
    {
        var day = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal(Grain.Month, BillSpend.GrainOf(new BillQuery { GroupBy = ["month", "team"] }));
        Assert.Equal(Grain.Day, BillSpend.GrainOf(new BillQuery { GroupBy = ["month", "team"], From = day }));
        Assert.Equal(Grain.Hour, BillSpend.GrainOf(new BillQuery { GroupBy = ["hour", "provider"], From = day.AddHours(3) }));
        Assert.Equal(Grain.Charge, BillSpend.GrainOf(new BillQuery { GroupBy = ["hour", "model"], From = day.AddHours(3) }));
        Assert.Equal(Grain.Charge, BillSpend.GrainOf(new BillQuery { GroupBy = ["provider"], From = day.AddSeconds(1) }));
        Assert.Equal(Grain.Charge, BillSpend.GrainOf(new BillQuery { GroupBy = ["principal"] }));
    }

    [Fact]
    public void AnImportThatIsGivenUpLeavesEverySumAsItWas()
    {
        _folder.ImportText(RandomBill(new Random(7)));
        var before = Told(new BillQuery { GroupBy = ["day", "model"] }, 2);
        using (var writer = _folder.Store.Begin("half.csv"))
            writer.SetAside("half.csv", 1, "a reason");

        Assert.Equal(before, Told(new BillQuery { GroupBy = ["day", "model"] }, 2));
    }

    /// <summary>Rows of a few months; many of them were on an earlier bill with other amounts, or stand twice on this one.</summary>
    private static string RandomBill(Random random)
    {
        var bill = new StringBuilder(CurHeader + "\n");
        for (var i = random.Next(1, 300); i > 0; i--)
        {
            var hour = new DateTime(2026, random.Next(9, 12), random.Next(1, 29), random.Next(24), 0, 0, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);
            var cost = random.Next(8) == 0 ? "" : (random.Next(-1_000, 1_000_000) / 1_000_000m).ToString(CultureInfo.InvariantCulture);
            var amount = (random.Next(1_000_000) / 1000m).ToString(CultureInfo.InvariantCulture);
            var isOther = random.Next(6) == 0;
            bill.Append(Charge(
                isOther ? "USE1-Requests" : UsageTypes[random.Next(UsageTypes.Length)], amount, cost, hour, random.Next(5) == 0 ? "EUR" : "USD",
                product: isOther ? "Amazon Simple Storage Service" : "Amazon Bedrock", tags: random.Next(2) == 0 ? "{\"user_team\":\"a\"}" : ""));
        }
        return bill.ToString();
    }

    private List<string> Told(BillQuery query, int dimensions) =>
    [
        .. BillSpend.Ask(_folder.Store, query).Rows
            .Select(r => $"{string.Join('|', r.Group.Take(dimensions))}|{r.Currency}|{r.Lines}|{r.UnpricedLines}|{r.Input:0.###}|{r.CacheRead:0.###}|{r.Output:0.###}|{r.Units:0.###}|{r.Cost:0.############}")
            .Order(StringComparer.Ordinal),
    ];
}
