using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.PriceLists;
using Sluice.Insights.Store;

namespace Sluice.Insights.Tests.PriceLists;

public sealed class BillGapsTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    // 0.06 a million is the book's price in us-east-1 (prices.csv).
    [InlineData("amazon.nova-lite-v1:0", UsageKind.Input, "0.06", null)]
    [InlineData("amazon.nova-lite-v1:0", UsageKind.Input, "0.07", PriceGapKind.Differs)]
    [InlineData("amazon.nova-lite-v1:0", UsageKind.CacheWrite1h, "0.12", PriceGapKind.NoPrice)]
    [InlineData("vendor.new-model-v1:0", UsageKind.Input, "1", PriceGapKind.NoModel)]
    [InlineData("amazon.nova-lite-v1:0", null, "1", PriceGapKind.NoKind)]
    public void ABillShowsWhatTheBookLacks(string model, UsageKind? kind, string usd, PriceGapKind? gap)
    {
        var facet = new CostFacet
        {
            Source = BillSource.Cur,
            Provider = "AWS",
            Model = model,
            Kind = kind,
            Tier = "default",
            Scope = "regional",
            Region = "us-east-1",
            UsageType = "USE1-something",
            ChargeCategory = "Usage",
            Currency = "USD",
            IsGenerativeAi = true,
        };
        var billed = decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture);
        var row = new CostRow(facet, new CostAmounts(Day, Day.AddDays(1), 1_000_000, billed, billed, null, null), 1, 0);
        Assert.Equal(gap, BillGaps.Find([row], PriceBook.Default).SingleOrDefault()?.Kind);
    }
}
