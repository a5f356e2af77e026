using FsCheck;
using FsCheck.Fluent;
using Sluice.Output;

namespace Sluice.Tests.Output;

public sealed class ShownNumbersTests
{
    [Theory]
    [InlineData("2095.82 0.0508", 2)]
    [InlineData("0.0508 0.00009495", 6)]
    [InlineData("12.5 0.5", 2)]
    [InlineData("12.5 0.0166", 4)]
    [InlineData("0.00000025", 8)]
    [InlineData("0 0", 2)]
    [InlineData("", 2)]
    public void OneNumberOfDecimalsServesAColumn(string amounts, int expected) =>
        Assert.Equal(expected, ShownNumbers.MoneyDecimals(amounts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(decimal.Parse)));

    [Theory]
    [InlineData("0.004", "0.00", "<0.01")]
    [InlineData("-0.004", "0.00", ">-0.01")]
    [InlineData("0", "0.00", "0.00")]
    [InlineData("1234.5", "1234.5", "1,234.50")]
    public void OnlyZeroShowsAsZero(string exact, string shown, string expected) =>
        Assert.Equal(expected, ShownNumbers.Text(decimal.Parse(exact), decimal.Parse(shown), 2));

    [Fact]
    public void PartsAddUpToTheirSumAndMoveByLessThanOneStep() => Prop.ForAll(
        Gen.Choose(-2_000_000, 2_000_000).Select(n => n / 10_000m).NonEmptyListOf().ToArbitrary(),
        Gen.Choose(0, 4).ToArbitrary(),
        (parts, decimals) =>
        {
            var sum = decimal.Round(parts.Sum(), decimals, MidpointRounding.AwayFromZero);
            var step = 1m;
            for (var i = 0; i < decimals; i++)
                step /= 10;

            var shown = ShownNumbers.Round([.. parts], sum, decimals);

            return shown.Sum() == sum && parts.Zip(shown).All(p => Math.Abs(p.First - p.Second) < step && (p.First != 0 || p.Second == 0));
        }).QuickCheckThrowOnFailure();
}
