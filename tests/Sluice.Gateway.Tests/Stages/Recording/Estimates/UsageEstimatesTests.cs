using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Stages.Recording.Estimates;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Stages.Recording.Estimates;

/// <summary>A model that makes three tokens of every two that a quarter of the bytes would be, and caches what is marked.</summary>
public sealed class UsageEstimatesTests
{
    private const string Model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly UsageEstimates _estimates = new();

    [Fact]
    public void AMeasuredUsageStaysAsItIs()
    {
        var usage = new Usage { Input = 7, Output = 3 };
        Assert.Equal((usage, null), _estimates.Settle(Reply(Plain(100), usage, textBytes: 12)));
    }

    [Fact]
    public void WithoutEarlierCallsTheGuessStands()
    {
        var (usage, by) = _estimates.Settle(Broken(Plain(100), textBytes: 40));
        Assert.Equal((100, 10, UsageSource.Estimated, "input:bytes output:bytes"), (usage!.Input, usage.Output, usage.Source, by));
    }

    [Fact]
    public void CountsTokensOfABytesTextAsEarlierCallsDid()
    {
        Learn(Plain(200), new Usage { Input = 300, Output = 50 }, textBytes: 100);
        var (usage, by) = _estimates.Settle(Broken(Plain(100), textBytes: 40));
        Assert.Equal((150, 20, "input:calls output:calls"), (usage!.Input, usage.Output, by));
        Assert.Equal(UsageSource.Estimated, usage.Source);
    }

    [Fact]
    public void AnotherModelTeachesNothing()
    {
        Learn(Plain(200), new Usage { Input = 300 });
        Assert.Equal(100, _estimates.Settle(Broken(Plain(100)) with { Model = "amazon.nova-lite-v1:0" }).Usage!.Input);
    }

    /// <summary>An app's own calls count once there are enough of them; before, all calls of the model do.</summary>
    [Fact]
    public void AnAppIsEstimatedByItsOwnCalls()
    {
        for (var i = 0; i < 1_000; i++)
            Learn(Plain(100), new Usage { Input = 100 }, app: "chat");
        for (var i = 0; i < 20; i++)
            Learn(Plain(100), new Usage { Input = 200 }, app: "code");
        Assert.Equal(200, _estimates.Settle(Broken(Plain(100)) with { App = "code" }).Usage!.Input);
        Assert.Equal(102, _estimates.Settle(Broken(Plain(100)) with { App = "new" }).Usage!.Input);
    }

    /// <summary>Booked as plain input, it would cost ten times as much.</summary>
    [Fact]
    public void AMarkedPrefixOfAMomentAgoIsReadFromTheCache()
    {
        Learn(Marked(1_000, 800, hash: 5), new Usage { Input = 300, CacheWrite5m = 1_234 });
        var (usage, by) = _estimates.Settle(Broken(Marked(1_000, 800, hash: 5), at: Start.AddMinutes(4)));
        Assert.Equal((300, 1_234, 0, "input:prefix output:bytes"), (usage!.Input, usage.CacheRead, usage.CacheWrite5m, by));
    }

    [Fact]
    public void APrefixWhoseTimeIsOverIsWrittenAnew()
    {
        Learn(Marked(1_000, 800, hash: 5), new Usage { Input = 300, CacheWrite5m = 1_200 });
        var usage = _estimates.Settle(Broken(Marked(1_000, 800, hash: 5), at: Start.AddMinutes(6))).Usage!;
        Assert.Equal((300, 0, 1_200), (usage.Input, usage.CacheRead, usage.CacheWrite5m));
    }

    [Fact]
    public void AnHourIsAnHour()
    {
        var facts = Marked(1_000, 800, hash: 5) with { CacheLifetimes = CacheLifetimes.OneHour };
        Learn(facts, new Usage { Input = 200, CacheWrite1h = 800 });
        Assert.Equal(800, _estimates.Settle(Broken(facts, at: Start.AddMinutes(59))).Usage!.CacheRead);
        Assert.Equal((0, 800), _estimates.Settle(Broken(facts, at: Start.AddMinutes(61))) is { Usage: { } late } ? (late.CacheRead, late.CacheWrite1h) : default);
    }

    [Fact]
    public void APrefixThatNobodyCachedIsPlainInput()
    {
        Learn(Marked(100, 80, hash: 5), new Usage { Input = 100 });
        var usage = _estimates.Settle(Broken(Marked(100, 80, hash: 5))).Usage!;
        Assert.Equal((100, 0), (usage.Input, usage.ContextTokens - usage.Input));
    }

    /// <summary>A conversation's marked prefix is new at every turn, and mostly read.</summary>
    [Fact]
    public void ANewPrefixIsSplitAsEarlierNewOnesWere()
    {
        for (var turn = 1UL; turn <= 10; turn++)
            Learn(Marked(1_000, 800, hash: turn), new Usage { Input = 200, CacheRead = 600, CacheWrite5m = 200 });
        var usage = _estimates.Settle(Broken(Marked(1_000, 800, hash: 11))).Usage!;
        Assert.Equal((200, 600, 200), (usage.Input, usage.CacheRead, usage.CacheWrite5m));
    }

    [Fact]
    public void ACacheThatNeedsNoMarkersKeepsItsShare()
    {
        Learn(Plain(1_000), new Usage { Input = 400, CacheRead = 600 });
        var usage = _estimates.Settle(Broken(Plain(100))).Usage!;
        Assert.Equal((40, 60), (usage.Input, usage.CacheRead));
    }

    /// <summary>It is written before the first byte of it leaves, and its headers tell its length.</summary>
    [Fact]
    public void APlainReplyIsEstimatedWholeHoweverMuchOfItCame()
    {
        Learn(Plain(100), new Usage { Input = 100, Output = 50 }, textBytes: 200, plainBytes: 500);
        Assert.Equal(100, _estimates.Settle(Broken(Plain(100), textBytes: 0, plainBytes: 1_000)).Usage!.Output);
    }

    [Fact]
    public void AModelWritesOnForACallerWhoLeft()
    {
        Learn(Plain(100), new Usage { Input = 100, Output = 60 }, textBytes: 240);
        var left = Broken(Plain(100), textBytes: 8) with { CallerLeft = true };
        Assert.Equal(60, _estimates.Settle(left).Usage!.Output);
        Assert.Equal(20, _estimates.Settle(left with { Facts = Plain(100) with { MaxTokens = 20 } }).Usage!.Output);
        Assert.Equal(2, _estimates.Settle(left with { CallerLeft = false }).Usage!.Output);
    }

    [Fact]
    public void WhatTheReplyReportedIsNotEstimatedAgain()
    {
        Learn(Plain(100), new Usage { Input = 200, Output = 50 }, textBytes: 50);
        var told = Reply(Plain(100), new Usage { Input = 5, CacheRead = 90, Output = 4, Source = UsageSource.Estimated }, textBytes: 3);
        var (usage, by) = _estimates.Settle(told with { Reading = told.Reading with { Guessed = GuessedCounts.Output, LeastOutput = 4 } });
        Assert.Equal((5, 90, 4, "input:reported output:calls"), (usage!.Input, usage.CacheRead, usage.Output, by));
    }

    [Fact]
    public void NeverHasMoreInMemoryThanItsBounds()
    {
        for (var i = 0; i < 5_000; i++)
            Learn(Plain(100), new Usage { Input = 150 }, app: $"app {i}", model: $"model {i}");
        Assert.Equal(150, _estimates.Settle(Broken(Plain(100)) with { Model = "model 4999" }).Usage!.Input);
    }

    [Fact]
    public void OldCallsFade()
    {
        for (var i = 0; i < 2_000; i++)
            Learn(Plain(100), new Usage { Input = 100 });
        for (var i = 0; i < 10_000; i++)
            Learn(Plain(100), new Usage { Input = 200 });
        Assert.InRange(_estimates.Settle(Broken(Plain(100))).Usage!.Input, 199, 200);
    }

    [Fact]
    public void LearningAllocatesNothing()
    {
        var reply = Reply(Marked(1_000, 800, hash: 5), new Usage { Input = 300, CacheRead = 900, Output = 4 }, textBytes: 3);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var i = 0; i < 100; i++)
                _estimates.Settle(reply);
        }));
    }

    private void Learn(RequestFacts facts, Usage usage, long textBytes = 0, long plainBytes = 0, string app = "chat", string model = Model) =>
        _estimates.Settle(Reply(facts, usage, textBytes, plainBytes) with { App = app, Model = model });

    private static RequestFacts Plain(long guess) => new() { Dialect = Dialect.Converse, EstimatedInputTokens = guess };

    private static RequestFacts Marked(long guess, long marked, ulong hash) =>
        Plain(guess) with { CacheLifetimes = CacheLifetimes.FiveMinutes, MarkedPrefix = new MarkedPrefix(hash, marked) };

    private static MeteredReply Reply(RequestFacts facts, Usage usage, long textBytes = 0, long plainBytes = 0) =>
        new(Model, "chat", facts, new ReplyReading { Usage = usage, TextBytes = textBytes }, Start, plainBytes);

    /// <summary>As the reply's meter leaves it: a quarter of the bytes.</summary>
    private static MeteredReply Broken(RequestFacts facts, long textBytes = 0, long plainBytes = 0, DateTimeOffset? at = null)
    {
        var usage = new Usage { Input = facts.EstimatedInputTokens, Output = textBytes / 4, Source = UsageSource.Estimated };
        var reading = new ReplyReading { Usage = usage, TextBytes = textBytes, Guessed = GuessedCounts.Input | GuessedCounts.Output };
        return new(Model, "chat", facts, reading, at ?? Start, plainBytes);
    }
}
