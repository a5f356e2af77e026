using Sluice.Core.Metering;
using Sluice.Ledger.Sums;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Sums;

public sealed class CallSumsTests
{
    [Fact]
    public void SumsDoNotDependOnTheirOrderNorOnHowTheyWereStored()
    {
        var random = new RandomInvocations(41, DateTimeOffset.UnixEpoch);
        var records = Enumerable.Range(0, 500).Select(_ => random.Closed()).ToList();
        var whole = new CallSums();
        records.ForEach(whole.Add);

        var reversed = Enumerable.Reverse(records).Select(CallSums.Of).Aggregate((a, b) => a + b);
        var stored = new CallSums();
        foreach (var record in records)
            stored.Add(CallSums.Of(record).ToBytes(), CallFacts.DoubtOf(record), default);

        Assert.Equal(whole.ToBytes(), reversed.ToBytes());
        Assert.Equal(whole.ToBytes(), stored.ToBytes());
        Assert.Equal((whole.UnpricedCalls, whole.EstimatedCost), (stored.UnpricedCalls, stored.EstimatedCost));
        Assert.Equal(records.Count(r => r.Control), whole.ControlCalls);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(1)]
    public void AQuantileIsWithinFivePercentOfTheDurationAtItsRank(double share)
    {
        var random = new Random(7);
        var durations = Enumerable.Range(0, 2_000).Select(_ => Math.Exp(random.NextDouble() * 16) / 10).Order().ToList();
        var histogram = new LatencyHistogram();
        durations.ForEach(histogram.Add);

        var exact = durations[Math.Max(1, (int)Math.Ceiling(share * durations.Count)) - 1];

        Assert.InRange(histogram.Quantile(share)!.Value, 0.95 * exact, 1.05 * exact);
    }

    [Fact]
    public void KindsKeepTheNumbersThatStandInDatabases() => Assert.Equal(
        "0 input, 4 output, 5 input_image, 22 custom_model_unit_month, 29 unknown",
        string.Join(", ", new[] { 0, 4, 5, 22, 29 }.Select(n => $"{n} {((UsageKind)n).Name()}")));
}
