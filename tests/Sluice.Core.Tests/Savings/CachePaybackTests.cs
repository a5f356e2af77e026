using Sluice.Core.Savings;

namespace Sluice.Core.Tests.Savings;

public sealed class CachePaybackTests
{
    public static TheoryData<decimal, decimal, int?> Payback => new()
    {
        { 0.1m, 1.25m, 2 },
        { 0.1m, 2m, 3 },     // Two requests cost 2.1 with a one-hour write and 2 without.
        { 0.25m, 1m, 2 },    // Nova: the write has no surcharge.
        { 0.05m, 1.25m, 2 },
        { 0.5m, 3m, 6 },     // Exactly five break even, so it takes six.
        { 1m, 1.25m, null },
        { 1m, 0.9m, 1 },
    };

    [Theory]
    [MemberData(nameof(Payback))]
    public void PaysBackAfterAsManyRequests(decimal read, decimal write, int? requests) =>
        Assert.Equal(requests, new CachePayback(read, write).RequestsToPayBack);

    [Theory]
    [MemberData(nameof(Payback))]
    public void ThatManyCostLessAndOneFewerDoesNot(decimal read, decimal write, int? requests)
    {
        if (requests is not { } n)
            return;
        Assert.True(new CachePayback(read, write).CostFraction(n) < 1);
        Assert.True(n == 1 || new CachePayback(read, write).CostFraction(n - 1) >= 1);
    }

    [Fact]
    public void BreaksEvenWhereEachWritesSurchargeIsWhatItsReadsSave()
    {
        Assert.Equal(0.278m, decimal.Round(new CachePayback(0.1m, 1.25m).BreakEvenReadsPerWrite!.Value, 3));
        Assert.Equal(1.111m, decimal.Round(new CachePayback(0.1m, 2m).BreakEvenReadsPerWrite!.Value, 3));
        Assert.Equal(0, new CachePayback(0.25m, 1).BreakEvenReadsPerWrite);
        Assert.Null(new CachePayback(1, 1).BreakEvenReadsPerWrite);
    }

    [Fact]
    public void AShareOfNothingIsNothing() => Assert.Equal(0, CachePayback.CachedShare(0, 0));
}
