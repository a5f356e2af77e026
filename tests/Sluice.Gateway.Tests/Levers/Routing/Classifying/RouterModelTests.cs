using System.Text;
using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Levers.Routing.Classifying;

public sealed class RouterModelTests
{
    private static readonly RouterModel Model = new(SampleRouter.Weights());

    [Fact]
    public void TellsPromptsApartByTheirText()
    {
        var (sum, greeting) = (Score(SampleRouter.Sum), Score(SampleRouter.Greeting));
        Assert.True(sum.Gain > 0.3, $"{sum}");
        // Not 0, since the two prompts share a word.
        Assert.InRange(greeting.Gain, -0.05, 0.2);
        Assert.True(sum.StrongShare < greeting.StrongShare);
        Assert.True(sum.PrefersStrong(0.5));
        Assert.False(greeting.PrefersStrong(0.3));
    }

    [Fact]
    public void AKnownTaskCountsAndAnUnknownOneIsNone()
    {
        Assert.True(Score(SampleRouter.Greeting, "sums").Gain > 0.5);
        Assert.Equal(Score(SampleRouter.Greeting), Score(SampleRouter.Greeting, "letters"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \n")]
    [InlineData("Η γρήγορη αλεπού πηδάει πάνω από το σκυλί")]
    public void WhatItNeverSawGoesToTheSafeSide(string prompt)
    {
        var score = Score(prompt);
        Assert.False(score.IsKnown);
        Assert.True(score.PrefersStrong(0));
    }

    [Fact]
    public void ScoresEveryModelOfARoute()
    {
        Span<double> qualities = stackalloc double[2];
        Assert.True(Model.Score(Encoding.UTF8.GetBytes(SampleRouter.Sum), null, qualities));
        Assert.Equal(Score(SampleRouter.Sum).Gain, qualities[0] - qualities[1], 12);
    }

    [Fact]
    public void AllocatesNothing()
    {
        var prompt = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(SampleRouter.Sum + SampleRouter.Greeting, 25)));
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var i = 0; i < 20; i++)
                Model.Score(prompt, "sums");
        }));
    }

    [Fact]
    public void NoBytesMakeItThrow()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var prompt = new byte[random.Next(0, 400)];
            random.NextBytes(prompt);
            var score = Model.Score(prompt, null);
            Assert.InRange(score.Gain, -1, 1);
            Assert.InRange(score.StrongShare, 0, 1);
        }
        Assert.InRange(Model.Score(new byte[5_000_000], null).Gain, -1, 1);
    }

    private static RouterScore Score(string prompt, string? task = null) => Model.Score(Encoding.UTF8.GetBytes(prompt), task);
}
