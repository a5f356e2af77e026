using Sluice.Insights.Allocating;
using Sluice.Insights.Spend;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Allocating;

public sealed class AllocatableCostsTests : IDisposable
{
    private const string Header = "ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BillingCurrency,ServiceName,ConsumedQuantity,BilledCost,EffectiveCost,ListCost\n";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A line without the amount that is asked for is told, whatever other amounts it has.</summary>
    [Theory]
    [InlineData(BillCost.Billed, null, 1)]
    [InlineData(BillCost.Effective, 3, 0)]
    [InlineData(BillCost.List, null, 1)]
    public void AnAmountThatIsNotKnownIsNeverZero(BillCost choice, int? amount, long unpriced)
    {
        _folder.ImportText(Header + Line(hour: 10, ",3,"));

        var cost = Assert.Single(AllocatableCosts.Billed(_folder.Rows(), choice));
        Assert.Equal((amount, unpriced), (cost.Amount, cost.Unpriced));
        Assert.Equal(unpriced, Assert.Single(Allocator.Allocate([cost], new AllocationPlan { By = "team" }).Rows).Unpriced);
    }

    [Theory]
    [InlineData(BillCost.Billed, 2, 1)]
    [InlineData(BillCost.Effective, 7, 0)]
    [InlineData(BillCost.List, 9, 2)]
    public void OfADaySomeOfWhoseLinesLackTheAmountThoseAreTold(BillCost choice, int amount, long unpriced)
    {
        _folder.ImportText(Header + Line(hour: 10, ",3,") + Line(hour: 11, "2,2,") + Line(hour: 12, "0,2,9"));

        var cost = Assert.Single(AllocatableCosts.Billed(_folder.Rows(), choice));
        Assert.Equal((amount, unpriced), (cost.Amount, cost.Unpriced));
    }

    private static string Line(int hour, string amounts) => $"2026-11-20T{hour}:00:00Z,2026-11-20T{hour + 1}:00:00Z,Usage,USD,Amazon Bedrock,1,{amounts}\n";
}
