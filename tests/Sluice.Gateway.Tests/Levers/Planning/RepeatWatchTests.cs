using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Planning;

public sealed class RepeatWatchTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ARequestIsARepeatForTwoMinutes()
    {
        var watch = new RepeatWatch();
        Assert.False(watch.IsRepeat(7, Noon));
        Assert.True(watch.IsRepeat(7, Noon.AddSeconds(120)));
        Assert.False(watch.IsRepeat(7, Noon.AddSeconds(241)));
        Assert.False(watch.IsRepeat(8, Noon.AddSeconds(241)));
    }

    [Fact]
    public void ManyRequestsTakeNoMoreMemoryAndAreNoRepeats()
    {
        var watch = new RepeatWatch();
        for (var i = 1UL; i < 500_000; i++)
            Assert.False(watch.IsRepeat(i, Noon));
    }

    [Fact]
    public async Task TheLedgerSaysWhichCallsTheSameCallerMadeAgain()
    {
        using var gateway = new LeverHarness(new LeverOptions().With(Lever.Mark, LeverMode.On));
        var question = Converse();
        Assert.False((await gateway.CallAsync(question)).Record.Repeat);
        Assert.True((await gateway.CallAsync(question)).Record.Repeat);
        Assert.False((await gateway.CallAsync(question with { KeyId = "sk-two" })).Record.Repeat);
        Assert.False((await gateway.CallAsync(question with { Body = question.Body.Replace("\"}", "?\"}", StringComparison.Ordinal) })).Record.Repeat);
    }
}
