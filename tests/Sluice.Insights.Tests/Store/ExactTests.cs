using Sluice.Insights.Store;

namespace Sluice.Insights.Tests.Store;

public sealed class ExactTests
{
    [Fact]
    public void AmountsOfTwelveDecimalsComeBackAsTheyWere()
    {
        var random = new Random(5);
        for (var i = 0; i < 10_000; i++)
        {
            var amount = new decimal(random.Next(), random.Next(), random.Next(1_000), random.Next(2) == 0, 12);
            var (milli, below) = Exact.Split(amount);
            Assert.Equal(amount, Exact.Join(milli, below));
        }
    }

    [Fact]
    public void SumsOfThePartsAreThePartsOfTheSum()
    {
        decimal[] amounts = [0.0165795m, -0.001365m, 1234567.000000000001m, 0.09634m];
        var parts = amounts.Select(a => Exact.Split(a)).ToList();

        Assert.Equal(amounts.Sum(), Exact.Join(parts.Sum(p => p.Milli), parts.Sum(p => p.Below)));
    }
}
