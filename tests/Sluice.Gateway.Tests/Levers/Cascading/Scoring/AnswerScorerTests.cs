using Sluice.Gateway.Levers.Cascading.Scoring;

namespace Sluice.Gateway.Tests.Levers.Cascading.Scoring;

public sealed class AnswerScorerTests
{
    private readonly AnswerScorer _scorer = new(SampleScorer.Weights());

    [Fact]
    public void WhatItDoubtsGoesOnBeforeWhatItLikes()
    {
        var (good, bad) = (_scorer.Score("How much?", null, SampleScorer.Good), _scorer.Score("How much?", null, SampleScorer.Bad));

        Assert.True(good is { IsKnown: true, Weak: > 0.7 } && bad is { IsKnown: true, Weak: < 0.3 }, $"{good} {bad}");
        Assert.True(bad.GoesOn(0.5) && !good.GoesOn(0.5));
        Assert.False(bad.GoesOn(0));
    }

    [Fact]
    public void WhatItHasNeverSeenGoesOn() => Assert.True(_scorer.Score("How much?", null, "Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich").GoesOn(0));

    [Fact]
    public void SumsWithoutAnEndAreRead()
    {
        var answer = string.Concat(Enumerable.Repeat("1  + 1,1 * ", 100_000));
        var features = AnswerFeatures.Of(answer, answer);
        Assert.Equal(AnswerFeatures.Count, features.Length);
        Assert.All(features, f => Assert.True(float.IsFinite(f)));
    }

    [Fact]
    public void NothingThatAModelWritesMakesItThrow()
    {
        var random = new Random(5);
        const string alphabet = "0123456789.,+-*/=$% \n\t#<>\\(){}[]abcé日\ud800";
        for (var round = 0; round < 300; round++)
        {
            var answer = new string([.. Enumerable.Range(0, random.Next(400)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            var score = _scorer.Score(answer, "sums", answer);
            Assert.InRange(score.Weak, 0, 1);
        }
    }
}
