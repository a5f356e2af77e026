namespace Sluice.Core.Tests;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("0.0165795")]
    [InlineData("0")]
    [InlineData("-12.5")]
    [InlineData("123456789.000000000001")]
    public void TextRoundTripsWithoutLossAndWithoutTrailingZeros(string text)
    {
        Assert.True(Money.TryParse(text, out var money));
        Assert.Equal(text, money.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("$1")]
    [InlineData(" 1")]
    public void RefusesWhatIsNotPlainDecimalDigits(string? text)
    {
        Assert.False(Money.TryParse(text, out var money));
        Assert.Equal(Money.Zero, money);
    }

    [Fact]
    public void RoundsOnceHalfToEvenAtTwelveDecimals()
    {
        Assert.Equal("0.000000000002", Money.FromUsd(0.0000000000015m).ToString());
        Assert.Equal("0.000000000002", Money.FromUsd(0.0000000000025m).ToString());
    }

    [Fact]
    public void AnyTokenCountTimesAPriceOfSixDecimalsAMillionIsExact()
    {
        var random = new Random(20261121);
        for (var i = 0; i < 1000; i++)
        {
            var tokens = random.NextInt64(10_000_000_000);
            var micro = random.NextInt64(100_000_000);
            var exact = (Int128)tokens * micro;
            Assert.Equal((long)exact, Money.FromUsd(tokens * (micro / 1_000_000m) / 1_000_000).PicoUsd);
        }
    }

    [Fact]
    public void PicoDollarsRoundTrip() => Assert.Equal(-1_234_567_890_123, Money.FromPicoUsd(-1_234_567_890_123).PicoUsd);

    [Fact]
    public void MorePicoDollarsThanSixtyFourBitsHoldIsAnErrorAndNotAWrap() =>
        Assert.Throws<OverflowException>(() => Money.FromUsd(9_300_000m).PicoUsd);

    [Fact]
    public void EqualAmountsAreEqualHoweverManyZerosTheyWereWrittenWith()
    {
        Assert.Equal(Money.FromUsd(1.50m), Money.FromUsd(1.5m));
        Assert.Equal(Money.FromUsd(1.50m).GetHashCode(), Money.FromUsd(1.5m).GetHashCode());
    }

    [Fact]
    public void AddsSubtractsAndCompares()
    {
        var (one, two) = (Money.FromUsd(1), Money.FromUsd(2));
        Assert.Equal(Money.FromUsd(3), one + two);
        Assert.Equal(-one, one - two);
        Assert.True(one < two && two > one && one <= two && two >= one);
        Assert.Equal(-1, one.CompareTo(two));
    }
}
