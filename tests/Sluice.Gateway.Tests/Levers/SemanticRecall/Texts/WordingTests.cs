using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Texts;

public sealed class WordingTests
{
    [Theory]
    [InlineData("Isn't it C++?", "is not it c++")]
    [InlineData("What’s C# for, can't you say?", "what is c# for can not you say")]
    [InlineData("It costs 1,000.50 in v2.10.0.", "it costs 1,000.50 in v2.10.0")]
    [InlineData("max_tokens and node.js", "max_tokens and node.js")]
    [InlineData("Anna's dont", "anna do not")]
    [InlineData("東京 is", "東 京 is")]
    [InlineData("... ?!", "")]
    public void WordsAreTakenApartAndContractionsWrittenOut(string text, string words) =>
        Assert.Equal(words, string.Join(' ', Wording.Of(text).Words.Select(w => w.Lower)));

    [Theory]
    [InlineData("walks", "walked", "walking", "walk")]
    [InlineData("stories", "story")]
    [InlineData("stopped", "stopping", "stops")]
    [InlineData("quickly", "quick")]
    public void EndingsAreCutTheSame(params string[] words) => Assert.Single(words.Select(w => Wording.Of(w).Words[0].Stem).Distinct());

    [Fact]
    public void AnyTextIsTakenApart()
    {
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 128 : 0xffff))]);
            Assert.All(Wording.Of(text).Words, word => Assert.NotEqual("", word.Lower));
        }
    }
}
