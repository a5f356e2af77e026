using Sluice.Core;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Placing;

namespace Sluice.Gateway.Tests.Levers.Placing;

/// <summary>
/// Claude Sonnet 4.5 by the shipped book, in dollars a million: 3.30, read 0.33, write 4.125, output 16.50 by geography; 3, 0.30,
/// 3.75 and 15 by the global profile.
/// </summary>
public sealed class MoveWorthTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
    private static readonly PriceIdentity Us = new() { Model = "anthropic.claude-sonnet-4-5-20250929-v1:0", Region = "us-east-1", Profile = "us" };
    private static readonly PriceSheet Here = PriceBook.Default.Sheet(Us, Day);
    private static readonly PriceSheet There = PriceBook.Default.Sheet(Us with { Profile = "global" }, Day);

    [Theory]
    // 10,000 tokens at 0.30 and 300 at 1.50 dollars a million less.
    [InlineData(0, 0, 10_000, 300, true, "0.00345")]
    // 9,000 tokens are read here for 0.33 and would be written there for 3.75; the rest as above.
    [InlineData(9_000, 0, 10_000, 300, true, "-0.03003")]
    // Without points they would be sent for 3.
    [InlineData(9_000, 0, 10_000, 300, false, "-0.02328")]
    // Warm at both: reads are 0.03 cheaper there.
    [InlineData(9_000, 9_000, 10_000, 300, true, "0.00102")]
    // Little is warm here, and a long reply is worth more.
    [InlineData(1_000, 0, 10_000, 3_000, true, "0.00378")]
    public void TheGainIsThatOfThisCallLessTheReadsThatAreLost(long here, long there, long input, long output, bool hasPoints, string usd)
    {
        Assert.Equal(usd, new MoveWorth(here, there, input, output, hasPoints).Gain(Here, There)!.Value.ToString());
    }

    [Fact]
    public void MoreIsNeverWarmThanTheCallHas() =>
        Assert.Equal(new MoveWorth(100, 0, 100, 0, true).Gain(Here, There), new MoveWorth(5_000, 0, 100, 0, true).Gain(Here, There));

    [Fact]
    public void WithoutAPriceNothingIsSaid() =>
        Assert.Null(new MoveWorth(100, 0, 200, 0, true).Gain(PriceBook.Default.Sheet(Us with { Model = "no.such-model" }, Day), There));
}
