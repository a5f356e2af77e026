using Sluice.Hosting;

namespace Sluice.Tests.Hosting;

public sealed class MemoryGiveBackTests
{
    private const long Burst = MemoryGiveBack.BurstBytes;
    private const long Quiet = MemoryGiveBack.QuietBytes;

    [Theory]
    [InlineData(new[] { 0L, 0, 0 }, 0)]
    [InlineData(new[] { Burst - 1, 0, 0 }, 0)]
    [InlineData(new[] { Burst, Burst, Quiet + 1 }, 0)]
    [InlineData(new[] { Burst, 0, 0, 0 }, 1)]
    [InlineData(new[] { Burst, Quiet + 1, Quiet, 0 }, 1)]
    [InlineData(new[] { Burst, 0, Burst, 0 }, 2)]
    [InlineData(new[] { Burst, 0, 0, 0, 0, 0, 0, 0 }, 1)]
    [InlineData(new[] { Burst, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 2)]
    public void MemoryIsGivenBackWhenABurstIsOverAndAgainWhenThePoolsLetGo(long[] peaks, int expected)
    {
        var (look, given) = (0, 0);
        using var service = new MemoryGiveBack(() => peaks[look++], () => given++, TimeProvider.System);
        foreach (var _ in peaks)
            service.Look();
        Assert.Equal(expected, given);
    }
}
