using Sluice.Commands.Price;

namespace Sluice.Tests.Commands.Price;

public sealed class CountTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("20000000", 20_000_000)]
    [InlineData("20M", 20_000_000)]
    [InlineData("20m", 20_000_000)]
    [InlineData("1.5k", 1_500)]
    [InlineData("2B", 2_000_000_000)]
    public void SuffixesStandForThousandsMillionsAndBillions(string text, long count)
    {
        Assert.True(CountText.TryParse(text, out var read));
        Assert.Equal(count, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1k")]
    [InlineData("20 M")]
    [InlineData("20MB")]
    [InlineData("1,000k")]
    [InlineData("1e6")]
    [InlineData("79228162514264337593543950335B")]
    public void WhatIsNoCountIsNotRead(string text) => Assert.False(CountText.TryParse(text, out _));
}
