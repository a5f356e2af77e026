using Sluice.Core.Savings;

namespace Sluice.Core.Tests.Savings;

public sealed class StudentTTests
{
    /// <summary>Table 26.10 of Abramowitz and Stegun, Handbook of Mathematical Functions (1964).</summary>
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(3, 3.182)]
    [InlineData(4, 2.776)]
    [InlineData(5, 2.571)]
    [InlineData(10, 2.228)]
    [InlineData(30, 2.042)]
    [InlineData(120, 1.980)]
    [InlineData(1e9, 1.960)]
    public void AgreesWithTheTable(double degrees, double expected) => Assert.Equal(expected, StudentT.Quantile(0.05, degrees), 0.005);

    [Fact]
    public void FallsWithTheDegreesOfFreedom()
    {
        for (var degrees = 1.0; degrees < 400; degrees *= 1.05)
            Assert.True(StudentT.Quantile(0.05, degrees) >= StudentT.Quantile(0.05, degrees * 1.05));
    }
}
