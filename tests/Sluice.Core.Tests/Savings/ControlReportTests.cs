using Sluice.Core.Savings;

namespace Sluice.Core.Tests.Savings;

public sealed class ControlReportTests
{
    [Fact]
    public void ALeverIsMeasuredByTheConversationsThatHeldItBackAlone()
    {
        // Of cost 10 for each of size 10, trimming takes 1 and caching 3; trimming claims 2.
        List<MeasuredConversation> conversations =
        [
            .. Many(40, isControl: true, heldBack: null, cost: 10),
            .. Many(40, isControl: false, heldBack: "trim", cost: 7),
            .. Many(900, isControl: false, heldBack: null, cost: 6, ("trim", 2m), ("prompt_cache", 3m)),
        ];
        var report = ControlReport.Of(conversations, new Random(1));
        Assert.Equal((900, 40, Money.FromUsd(4_500)), (report.All.TreatedConversations, report.All.ControlConversations, report.All.Claimed));
        Assert.Equal(3_600, report.All.Measured!.Value.Usd, 1e-6);
        Assert.Equal(ClaimVerdict.TooHigh, report.All.Verdict);

        var (cache, trim) = (report.Levers[0], report.Levers[1]);
        Assert.Equal(("trim", Money.FromUsd(1_800), MeasurementBasis.OwnControl, ClaimVerdict.TooHigh), (trim.Lever, trim.Claimed, trim.Basis, trim.Verdict));
        Assert.Equal(900, trim.Measured!.Value.Usd, 1e-6);
        // Nothing held caching back alone, so trimming's claim is taken for granted, wrong as it is.
        Assert.Equal(("prompt_cache", MeasurementBasis.OthersAsClaimed), (cache.Lever, cache.Basis));
        Assert.Equal(3_600 - 1_800, cache.Measured!.Value.Usd, 1e-6);
    }

    [Fact]
    public void AClaimThatIsNotKnownLeavesItsOwnAndTheSumUnknown()
    {
        List<MeasuredConversation> conversations =
        [
            .. Many(40, isControl: true, heldBack: null, cost: 10),
            .. Many(100, isControl: false, heldBack: null, cost: 6, ("trim", null), ("prompt_cache", 3m)),
        ];
        var report = ControlReport.Of(conversations, new Random(1));
        Assert.Null(report.All.Claimed);
        Assert.Equal([ClaimVerdict.Unknown, ClaimVerdict.Unknown], report.Levers.Select(l => l.Verdict));
        Assert.Equal([Money.FromUsd(300), null], report.Levers.Select(l => l.Claimed));
    }

    [Fact]
    public void WithoutControlsNothingIsMeasured()
    {
        var report = ControlReport.Of([.. Many(100, isControl: false, heldBack: null, cost: 6, ("trim", 1m))], new Random(1));
        Assert.Equal((null, ClaimVerdict.Unknown, null), (report.All.Measured, report.Levers[0].Verdict, report.Levers[0].Measured));
        Assert.Empty(ControlReport.Of([], new Random(1)).Levers);
    }

    private static IEnumerable<MeasuredConversation> Many(int count, bool isControl, string? heldBack, decimal cost, params (string Lever, decimal? Usd)[] claims) =>
        Enumerable.Range(1, count).Select(i => new MeasuredConversation
        {
            IsControl = isControl,
            HeldBack = heldBack,
            Cost = Money.FromUsd(cost),
            Size = 10,
            Claims = claims.ToDictionary(c => c.Lever, c => c.Usd is { } usd ? Money.FromUsd(usd) : (Money?)null),
        });
}
