using Sluice.Gateway.Levers.Marking;
using static Sluice.Gateway.Tests.Levers.Marking.Conversations;

namespace Sluice.Gateway.Tests.Levers.Marking;

/// <summary>What holds for any traffic; each seed is one random mix of conversations, shared prefixes and one-offs.</summary>
public sealed class PrefixLearnerPropertyTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void EveryPlanIsOneThatAwsAccepts(int seed)
    {
        var random = new Random(seed);
        var learner = new PrefixLearner(new MarkingOptions());
        foreach (var (prompt, at) in Traffic(random, 1_500))
        {
            var rules = Claude with { MaximumPoints = 4 - (seed % 4), HourWriteMultiplier = seed % 3 == 0 ? null : 2 };
            var points = learner.Send(prompt, at, rules).Points;

            Assert.InRange(points.Length, 0, rules.MaximumPoints);
            Assert.All(points, point => Assert.True(prompt[point.Block].PointAllowedAfter));
            Assert.All(points, point => Assert.True(prompt[point.Block].CumulativeTokens >= rules.MinimumTokens));
            Assert.All(points.Zip(points.Skip(1)), pair => Assert.True(pair.First.Block < pair.Second.Block && pair.First.Lifetime >= pair.Second.Lifetime));
            Assert.True(rules.HourWriteMultiplier is not null || points.All(point => point.Lifetime == CacheLifetime.Short));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void NothingThatIsWarmIsWrittenAgain(int seed)
    {
        var learner = new PrefixLearner(new MarkingOptions());
        var warmUntil = new Dictionary<ulong, DateTimeOffset>();
        foreach (var (prompt, at) in Traffic(new Random(seed), 1_500))
        {
            var plan = learner.Send(prompt, at, Claude with { HourWriteMultiplier = null });
            var warm = prompt.LastOrDefault(span => span.PointAllowedAfter && warmUntil.GetValueOrDefault(span.Hash) >= at).CumulativeTokens;

            Assert.Equal(warm, plan.ReadTokens);
            foreach (var point in plan.Points)
                warmUntil[prompt[point.Block].Hash] = at.AddMinutes(5);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void TheSameTrafficGivesTheSamePlansWhateverOthersDo(int seed)
    {
        var alone = new PrefixLearner(new MarkingOptions());
        var beside = new PrefixLearner(new MarkingOptions());
        var others = new Random(seed + 1_000);
        foreach (var (prompt, at) in Traffic(new Random(seed), 600))
        {
            var noisy = new CachePartition("other", $"app{others.Next(3)}", "model", "eu-west-1", "eu.model");
            beside.Send(Prompt(others.Next(20), 3 + others.Next(20)), at, partition: noisy);

            var (left, right) = (alone.Send(prompt, at), beside.Send(prompt, at));
            Assert.Equal(left.Points, right.Points);
            Assert.Equal(left.Reason, right.Reason);
        }
        Assert.Equal(alone.Report(Shop), beside.Report(Shop));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhatIsRememberedStaysWithinItsBounds(int seed)
    {
        var random = new Random(seed);
        var options = new MarkingOptions { MaximumPrefixes = 500, MaximumPartitions = 4 };
        var learner = new PrefixLearner(options);
        foreach (var (prompt, at) in Traffic(random, 1_500))
        {
            learner.Send(prompt, at, partition: Shop with { App = $"app{random.Next(8)}" });

            Assert.InRange(learner.Count, 0, options.MaximumPrefixes);
            Assert.InRange(learner.Reports().Count, 0, options.MaximumPartitions);
        }
    }

    [Fact]
    public void WhatReturnsIsRememberedThroughAFloodOfWhatDoesNot()
    {
        var learner = new PrefixLearner(new MarkingOptions { MaximumPrefixes = 400 });
        var kept = Prompt(name: 1, blocks: 20);
        for (var i = 0; i < 1_000; i++)
        {
            learner.Send(Prompt(name: 10 + i, blocks: 20), Noon.AddSeconds(i));
            if (i < 2 || i % 50 == 0)
                learner.Send(kept, Noon.AddSeconds(i));
        }
        Assert.Equal(10_000, learner.Plan(Shop, kept, Claude, Noon.AddSeconds(1_000)).ReadTokens);
    }

    [Fact]
    public void AHundredThousandPrefixesTakeLessThan64Megabytes()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var learner = new PrefixLearner(new MarkingOptions());
        for (var i = 0; i < 2_500; i++)
            learner.Send(Prompt(name: i, blocks: 50), Noon.AddSeconds(i), partition: Shop with { App = $"app{i % 100}" });

        Assert.InRange(learner.Count, 98_000, 100_000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, 64_000_000);
        GC.KeepAlive(learner);
    }

    [Fact]
    public void ManyThreadsMayAskAndTellAtOnce()
    {
        var options = new MarkingOptions { MaximumPrefixes = 2_000, MaximumPartitions = 3 };
        var learner = new PrefixLearner(options);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            var random = new Random(worker);
            foreach (var (prompt, at) in Traffic(random, 400))
                learner.Send(prompt, at, partition: Shop with { App = $"app{random.Next(6)}" });
        });
        Assert.InRange(learner.Count, 0, options.MaximumPrefixes);
    }

    private static IEnumerable<(PromptSpan[] Prompt, DateTimeOffset At)> Traffic(Random random, int requests)
    {
        var at = Noon;
        var lengths = new Dictionary<int, int>();
        for (var i = 0; i < requests; i++)
        {
            at = at.AddSeconds(random.Next(10) == 0 ? random.Next(900) : random.Next(20));
            var name = random.Next(4) == 0 ? 1_000 + i : random.Next(30);
            var length = lengths[name] = Math.Min(60, lengths.GetValueOrDefault(name, 1 + random.Next(6)) + random.Next(4));
            var prompt = Prompt(name, length, blockTokens: 50 + (name * 37 % 900));
            // A block that carries no point, always the same one in a conversation.
            if (name % 5 == 0 && length > 2)
                prompt[2] = prompt[2] with { PointAllowedAfter = false };
            yield return (prompt, at);
        }
    }
}
