using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Marking;
using Sluice.Lab.Replays;

namespace Sluice.Lab.Tests.Replays;

/// <summary>The caching rules are those of AWS's user guide of 2026, section on prompt caching.</summary>
public sealed class VirtualPromptCacheTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly CacheRules Claude = new() { MinimumTokens = 1024, ReadMultiplier = 0.1, ShortWriteMultiplier = 1.25, HourWriteMultiplier = 2 };

    private readonly VirtualPromptCache _cache = new(Claude);

    [Fact]
    public void WritesToTheLastPointAndReadsItNextTime()
    {
        Assert.Equal((0, 2_000, 0, 500), Send(Prompt(5), Noon, Short(3)));
        Assert.Equal((2_000, 0, 0, 500), Send(Prompt(5), Noon.AddMinutes(4), Short(3)));
    }

    [Fact]
    public void AHitStartsTheLifetimeAnewAndTimeAloneEndsIt()
    {
        Send(Prompt(5), Noon, Short(3));
        Send(Prompt(5), Noon.AddMinutes(4), Short(3));

        Assert.Equal(2_000, Send(Prompt(5), Noon.AddMinutes(8), Short(3)).Read);
        Assert.Equal(0, Send(Prompt(5), Noon.AddMinutes(13).AddSeconds(1), Short(3)).Read);
    }

    [Fact]
    public void WhatIsWrittenForAnHourLivesForAnHour()
    {
        Assert.Equal((0, 500, 1_500, 500), Send(Prompt(5), Noon, new CachePoint(2, CacheLifetime.Hour), new CachePoint(3, CacheLifetime.Short)));
        Assert.Equal((1_500, 500, 0, 500), Send(Prompt(5), Noon.AddMinutes(59), new CachePoint(2, CacheLifetime.Hour), new CachePoint(3, CacheLifetime.Short)));
    }

    [Fact]
    public void NothingIsCachedBelowTheMinimum() => Assert.Equal((0, 0, 0, 1_000), Send(Prompt(2), Noon, Short(1)));

    [Fact]
    public void LooksTwentyBlocksBackAndNoFurther()
    {
        Send(Prompt(30), Noon, Short(4));

        Assert.Equal(2_500, Send(Prompt(30), Noon, Short(24)).Read);
        var other = new VirtualPromptCache(Claude);
        other.Send(Prompt(30), [Short(4)], Noon);
        Assert.Equal(0, other.Send(Prompt(30), [Short(25)], Noon).CacheRead);
    }

    [Fact]
    public void ReadsOnlyWherePointsWere()
    {
        Send(Prompt(10), Noon, Short(9));
        PromptSpan[] branch = [.. Prompt(8), new PromptSpan(99, 4_500)];

        Assert.Equal(0, Send(branch, Noon, Short(7)).Read);
    }

    [Fact]
    public void RefusesWhatAwsRefuses()
    {
        Assert.Throws<ArgumentException>(() => Send(Prompt(10), Noon, [.. Enumerable.Range(3, 5).Select(Short)]));
        Assert.Throws<ArgumentException>(() => Send(Prompt(10), Noon, Short(3), new CachePoint(4, CacheLifetime.Hour)));
        Assert.Throws<ArgumentException>(() => Send(Prompt(10), Noon, Short(4), Short(3)));
        Assert.Throws<ArgumentException>(() => new VirtualPromptCache(Claude with { HourWriteMultiplier = null }).Send(Prompt(10), [new CachePoint(4, CacheLifetime.Hour)], Noon));
    }

    private static CachePoint Short(int block) => new(block, CacheLifetime.Short);

    private static PromptSpan[] Prompt(int blocks) => [.. Enumerable.Range(1, blocks).Select(i => new PromptSpan((ulong)i, i * 500))];

    private (long Read, long Short, long Hour, long Input) Send(PromptSpan[] prompt, DateTimeOffset at, params CachePoint[] points)
    {
        var usage = _cache.Send(prompt, points, at, outputTokens: 7);
        Assert.Equal((prompt[^1].CumulativeTokens, 7L), ((int)usage.ContextTokens, usage.Output));
        return (usage.CacheRead, usage.CacheWrite5m, usage.CacheWrite1h, usage.Input);
    }
}
