using Sluice.Gateway.Levers.Cascading.Scoring;

namespace Sluice.Gateway.Tests.Levers.Cascading.Scoring;

public sealed class EquationsTests
{
    [Theory]
    [InlineData("9 * $2 = $18", 1, 0)]
    [InlineData("2 + 3 * 4 = 14 and 20 / 8 = 2.5", 2, 0)]
    [InlineData("2 + 2 = <<2+2=5>>5", 1, 1)]
    [InlineData("1,200 - 300 = 900, 50% x 80 = 40, 10 / 3 = 3.33", 3, 0)]
    [InlineData("17 - 4 = 12", 1, 1)]
    [InlineData("x = 5, and 7 is prime", 0, 0)]
    [InlineData("5 / 0 = 1", 1, 1)]
    [InlineData("9 * 2 = 18 2 + 2 = 4", 2, 0)]
    [InlineData("1 + 1 = 2, 3 + 3 = 7", 2, 1)]
    [InlineData("a2 + 2 = 5, 1 + 2 + 3 = 6", 1, 0)]
    [InlineData("1 / 2 = 3/6 and 1 + 1 = 200%", 0, 0)]
    public void SumsAreWorkedOut(string text, int count, int wrong) => Assert.Equal((count, wrong), Equations.Check(text));

    [Fact]
    public void NothingThatAModelWritesMakesItThrow()
    {
        var random = new Random(9);
        const string symbols = "0123456789+-*/x=%$., ()<>#\nab";
        for (var round = 0; round < 500; round++)
            Equations.Check(new string([.. Enumerable.Range(0, 80).Select(_ => symbols[random.Next(symbols.Length)])]));
    }
}
