using Sluice.Core.Budgets;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Core.Tests.Budgets;

public sealed class WorstCaseTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void NoUsageWithinTheBoundsCostsMore()
    {
        var random = new Random(1);
        foreach (var model in (string[])["anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-20250514-v1:0", "amazon.nova-pro-v1:0", "amazon.nova-2-lite-v1:0"])
        {
            foreach (var profile in (string?[])["us", "global", "eu"])
            {
                var sheet = PriceBook.Default.Sheet(new PriceIdentity { Model = model, Region = "us-east-1", Profile = profile }, Now);
                for (var i = 0; i < 300; i++)
                {
                    var (input, output, hour) = (random.NextInt64(1, 400_000), random.NextInt64(1, 64_000), random.Next(2) == 0);
                    var bound = new WorstUsage { InputTokens = input, OutputTokens = output, MayWriteCache = true, MayWriteHour = hour };
                    if (WorstCase.Of(sheet, bound, out _) is not { } worst)
                        continue;
                    // Any split of at most so many tokens over the kinds that they may be.
                    var (read, write) = (random.NextInt64(0, input + 1), 0L);
                    write = random.NextInt64(0, input - read + 1);
                    var actual = new Usage
                    {
                        Input = random.NextInt64(0, input - read - write + 1),
                        CacheRead = read,
                        CacheWrite5m = hour ? 0 : write,
                        CacheWrite1h = hour ? write : 0,
                        Output = random.NextInt64(0, output + 1),
                    };
                    if (sheet.Price(actual, actual.ContextTokens).Total is { } cost)
                        Assert.True(cost <= worst, $"{model} {profile}: {actual} costs {cost}, more than {worst}");
                }
            }
        }
    }

    [Fact]
    public void TheDearestKindThatInputCanBeIsHeld()
    {
        // Claude Sonnet 4.5 (global): 3 dollars a million for input, 3.75 written for five minutes, 6 for an hour, 15 for output.
        var sheet = PriceBook.Default.Sheet(new PriceIdentity { Model = "anthropic.claude-sonnet-4-5-20250929-v1:0", Region = "us-east-1", Profile = "global" }, Now);
        Assert.Equal(Money.FromUsd(0.0045m), WorstCase.Of(sheet, new WorstUsage { InputTokens = 1_000, OutputTokens = 100 }, out _));
        Assert.Equal(Money.FromUsd(0.00525m), WorstCase.Of(sheet, new WorstUsage { InputTokens = 1_000, OutputTokens = 100, MayWriteCache = true }, out _));
        Assert.Equal(Money.FromUsd(0.0075m), WorstCase.Of(sheet, new WorstUsage { InputTokens = 1_000, OutputTokens = 100, MayWriteCache = true, MayWriteHour = true }, out _));
    }

    [Fact]
    public void WhatHasNoPriceHasNoWorstCase()
    {
        var sheet = PriceBook.Default.Sheet(new PriceIdentity { Model = "nobody.knows-v1", Region = "us-east-1" }, Now);
        Assert.Null(WorstCase.Of(sheet, new WorstUsage { InputTokens = 1 }, out var unpriced));
        Assert.Equal(UsageKind.Input, unpriced);
    }
}
