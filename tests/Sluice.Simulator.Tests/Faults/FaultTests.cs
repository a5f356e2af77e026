using Sluice.Simulator.Faults;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Tests.Faults;

public sealed class FaultTests
{
    [Theory]
    [InlineData("throttle", FaultKind.Error, 0, "ThrottlingException", 0)]
    [InlineData("error=ModelTimeoutException", FaultKind.Error, 0, "ModelTimeoutException", 0)]
    [InlineData("cut-after=3", FaultKind.Cut, 3, "", 0)]
    [InlineData("stall-after=0", FaultKind.Stall, 0, "", 0)]
    [InlineData("corrupt-frame=2", FaultKind.Corrupt, 2, "", 0)]
    [InlineData("slow-headers=250", FaultKind.SlowHeaders, 0, "", 250)]
    [InlineData("stream-error=ThrottlingException", FaultKind.StreamError, 2, "throttlingException", 0)]
    [InlineData("stream-error=modelStreamErrorException@5", FaultKind.StreamError, 5, "modelStreamErrorException", 0)]
    internal void ReadsWhatTheHeaderAsksFor(string text, FaultKind kind, int frames, string exception, int delayMs) =>
        Assert.Equal(new Fault(kind, frames, exception, delayMs), Fault.Parse(text));

    [Theory]
    [InlineData("cut")]
    [InlineData("cut-after=x")]
    [InlineData("error=NoSuchException")]
    [InlineData("stream-error=")]
    public void RefusesWhatItDoesNotKnowAndSaysWhatItDoes(string text) =>
        Assert.Contains("cut-after=<frames>", Assert.Throws<Refusal>(() => Fault.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void DrawsFaultsAsOftenAsTheirChancesSay()
    {
        var rates = FaultRates.Parse("throttle=0.1, cut=0.05,stream-error=0.02");
        var drawn = Enumerable.Range(0, 20_000).Select(i => Fault.Draw(rates, new Dice((ulong)i)).Kind).CountBy(kind => kind).ToDictionary();
        Assert.InRange(drawn[FaultKind.Error], 1_850, 2_150);
        Assert.InRange(drawn[FaultKind.Cut], 900, 1_100);
        Assert.InRange(drawn[FaultKind.StreamError], 330, 470);
        Assert.DoesNotContain(FaultKind.Stall, drawn.Keys);
    }

    [Theory]
    [InlineData("cut=2", "isn't a number from 0 to 1")]
    [InlineData("cut", "write it as cut=0.01")]
    [InlineData("oops=0.1", "There is no fault 'oops'")]
    [InlineData("cut=0.6,throttle=0.6", "more than 1")]
    public void RefusesRatesThatMakeNoSense(string text, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => FaultRates.Parse(text)).Message, StringComparison.Ordinal);
}
