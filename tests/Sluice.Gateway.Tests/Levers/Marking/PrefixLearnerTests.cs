using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Marking;
using static Sluice.Gateway.Tests.Levers.Marking.Conversations;

namespace Sluice.Gateway.Tests.Levers.Marking;

public sealed class PrefixLearnerTests
{
    private readonly PrefixLearner _learner = new(new MarkingOptions());

    [Fact]
    public void WritesNothingForPromptsThatNeverReturn()
    {
        for (var i = 0; i < 1_000; i++)
            Assert.Empty(_learner.Send(Prompt(name: i, blocks: 10), Noon.AddSeconds(i)).Points);

        Assert.Equal(1, _learner.Report(Shop).CostRatio);
        Assert.Equal(MarkingVerdict.FindsNothing, _learner.Report(Shop).Verdict);
    }

    [Fact]
    public void WritesWhatReturnsAndReadsItFromThenOn()
    {
        var plans = Enumerable.Range(0, 20).Select(i => _learner.Send(Prompt(name: 1, blocks: 10), Noon.AddSeconds(20 * i))).ToList();

        Assert.Equal(MarkingOutcome.WouldNotPay, plans[0].Outcome);
        Assert.Equal(1, plans.Count(plan => plan.ShortWriteTokens > 0));
        Assert.All(plans[^10..], plan => Assert.Equal((MarkingOutcome.Reads, 5_000), (plan.Outcome, plan.ReadTokens)));
    }

    [Fact]
    public void MovesTheLastPointWithAGrowingConversation()
    {
        MarkingPlan plan = null!;
        for (var conversation = 0; conversation < 6; conversation++)
        {
            for (var turn = 0; turn < 10; turn++)
                plan = _learner.Send(Prompt(conversation, 5 + (2 * turn)), Noon.AddSeconds((conversation * 100) + (turn * 5)));
        }

        // Turn 9 has 23 blocks; turn 8, with 21, is warm.
        Assert.Equal(MarkingOutcome.ReadsAndWrites, plan.Outcome);
        Assert.Equal((21 * 500, 2 * 500), (plan.ReadTokens, plan.ShortWriteTokens));
        Assert.Contains(new CachePoint(20, CacheLifetime.Short), plan.Points);
        Assert.Equal(new CachePoint(22, CacheLifetime.Short), plan.Points[^1]);
    }

    [Fact]
    public void StopsBeforeTheQuestionThatNobodyAsksTwice()
    {
        var manual = Prompt(name: 1, blocks: 20);
        MarkingPlan plan = null!;
        for (var i = 0; i < 40; i++)
            plan = _learner.Send([.. manual, new PromptSpan((ulong)(1_000_000_000 + i), 10_300)], Noon.AddSeconds(400 * i / 40));

        Assert.Equal(MarkingOutcome.Reads, plan.Outcome);
        Assert.Equal(10_000, plan.ReadTokens);
        Assert.Equal(19, plan.Points[^1].Block);
    }

    [Fact]
    public void BuysAnHourWhereReturnsComeTwentyMinutesApart()
    {
        var plans = Enumerable.Range(0, 60).Select(i => _learner.Send(Prompt(name: 1, blocks: 20), Noon.AddMinutes(20 * i))).ToList();

        Assert.Contains(plans, plan => plan.HourWriteTokens > 0);
        Assert.All(plans[^30..], plan => Assert.Equal(MarkingOutcome.Reads, plan.Outcome));
        Assert.InRange(_learner.Report(Shop).CostRatio, 0.1m, 0.3m);
    }

    [Fact]
    public void BuysNoHourWhereTheModelHasNoneOrTheOwnerForbidsIt()
    {
        var forbidding = new PrefixLearner(new MarkingOptions { AllowHour = false });
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(0, _learner.Send(Prompt(1, 20), Noon.AddMinutes(20 * i), Claude with { HourWriteMultiplier = null }).HourWriteTokens);
            Assert.Equal(0, forbidding.Send(Prompt(1, 20), Noon.AddMinutes(20 * i)).HourWriteTokens);
        }
    }

    [Fact]
    public void BuysNoHourWhereReturnsComeSoonAnyway()
    {
        for (var i = 0; i < 500; i++)
            Assert.Equal(0, _learner.Send(Prompt(1, 20), Noon.AddSeconds(30 * i)).HourWriteTokens);
    }

    [Fact]
    public void DependsOnThePriceOfTheVeryModel()
    {
        // Returns of about one in three pay at a read of a tenth, and not at a read of nine tenths.
        var dear = Claude with { ReadMultiplier = 0.9 };
        var other = new CachePartition("tenant", "shop", "dear", "eu-west-1", "eu.dear");
        for (var i = 0; i < 400; i++)
        {
            var prompt = Prompt(name: i / 3, blocks: 10);
            _learner.Send(prompt, Noon.AddSeconds(10 * i));
            Assert.Empty(_learner.Send(prompt, Noon.AddSeconds(10 * i), dear, other).Points);
        }
        Assert.Equal(MarkingVerdict.Pays, _learner.Report(Shop).Verdict);
    }

    [Theory]
    [InlineData(2, MarkingOutcome.TooShort)]
    [InlineData(3, MarkingOutcome.WouldNotPay)]
    public void SaysWhyThereIsNoPoint(int blocks, MarkingOutcome outcome)
    {
        var plan = _learner.Plan(Shop, Prompt(1, blocks), Claude, Noon);

        Assert.Equal(outcome, plan.Outcome);
        Assert.StartsWith("No point: ", plan.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void SetsNoPointWhereTheDialectCarriesNone()
    {
        PromptSpan[] prompt = [.. Prompt(1, 10).Select(span => span with { PointAllowedAfter = false })];
        for (var i = 0; i < 10; i++)
            Assert.Equal(MarkingOutcome.NoPlace, _learner.Send(prompt, Noon.AddSeconds(i)).Outcome);
    }

    [Fact]
    public void LearnsFromPointsThatTheCallerSet()
    {
        var prompt = Prompt(1, 10);
        _learner.Observe(Shop, prompt, MarkingPlan.Of(Noon, new CachePoint(9, CacheLifetime.Short)), Claude);

        var plan = _learner.Plan(Shop, prompt, Claude, Noon.AddMinutes(1));
        Assert.Equal(5_000, plan.ReadTokens);
        Assert.Contains(new CachePoint(9, CacheLifetime.Short), plan.Points);
    }

    [Fact]
    public void BelievesWhatAwsMeasured()
    {
        var prompt = Prompt(1, 10);
        _learner.Observe(Shop, prompt, MarkingPlan.Of(Noon, new CachePoint(9, CacheLifetime.Short)), Claude, new Usage { Input = 5_000 });

        Assert.Equal(0, _learner.Plan(Shop, prompt, Claude, Noon.AddMinutes(1)).ReadTokens);
        Assert.Equal(5_000, _learner.Report(Shop).InputTokens);
    }

    [Fact]
    public void CountsWhatWasWrittenAndNeverReadAsWaste()
    {
        _learner.Observe(Shop, Prompt(1, 10), MarkingPlan.Of(Noon, new CachePoint(9, CacheLifetime.Short)), Claude);
        _learner.Observe(Shop, Prompt(2, 10), MarkingPlan.Of(Noon, new CachePoint(9, CacheLifetime.Short)), Claude);
        _learner.Send(Prompt(2, 10), Noon.AddMinutes(4));
        _learner.Observe(Shop, Prompt(3, 10), MarkingPlan.Of(Noon.AddMinutes(8)), Claude);

        var report = _learner.Report(Shop);
        Assert.Equal((10_000, 5_000, 5_000), (report.ShortWriteTokens, report.ReadTokens, report.WastedTokens));
        Assert.Equal((5_000 * 0.9m) - (10_000 * 0.25m), report.NetSavingTokens);
    }

    [Fact]
    public void SaysToTurnItOffWhereItLost()
    {
        for (var i = 0; i < MarkingReport.CallsForVerdict; i++)
            _learner.Observe(Shop, Prompt(i, 10), MarkingPlan.Of(Noon.AddSeconds(i), new CachePoint(9, CacheLifetime.Short)), Claude);

        Assert.Equal(MarkingVerdict.TurnOff, _learner.Report(Shop).Verdict);
        Assert.StartsWith("Turn it off here", _learner.Report(Shop).Advice, StringComparison.Ordinal);
        // Enough is lost to stop trying, too.
        Assert.Equal(MarkingOutcome.LossLimit, _learner.Plan(Shop, Prompt(0, 10), Claude, Noon.AddHours(2)).Outcome);
    }
}
