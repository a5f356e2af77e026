using System.Text;
using Sluice.Simulator.Tokens;

namespace Sluice.Simulator.Tests.Tokens;

public sealed class TokenCounterTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("   ", 0)]
    [InlineData("word", 1)]
    [InlineData("Hello there", 2)]
    [InlineData("internationalisation", 3)] // 20 letters, eight to a token
    [InlineData("1234567", 3)]
    [InlineData("Yes, it is.", 5)]
    [InlineData("----", 1)]
    [InlineData("a\n\n\nb", 3)]
    [InlineData("日本語", 3)]
    [InlineData("naïve", 1)]
    [InlineData("\U0001F600", 2)]
    public void CountsByWordsNumbersAndMarks(string text, int tokens) =>
        Assert.Equal(tokens, TokenCounter.Count(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void CountsAboutOneAndAThirdTokensForAWordOfProse()
    {
        const string Prose = "The committee will publish its recommendations next month, after it has spoken with everyone who is affected. "
            + "Most of them expect that very little will change, but some of the smaller suppliers are worried about the cost.";
        var words = Prose.Split(' ').Length;
        Assert.InRange(TokenCounter.Count(Encoding.UTF8.GetBytes(Prose)) / (double)words, 1.1, 1.45);
    }

    [Fact]
    public void ABeginningCutAtAnyTokenHasExactlySoManyAndNeverEndsInsideACharacter()
    {
        var random = new Random(7);
        string[] parts = ["word", " ", "  ", "extraordinarily", "12345", "!!!!!", "\n\n", "日本", "é", "ÄÖÜäöüß", "\U0001F600", "(", "x_y", "."];
        for (var round = 0; round < 300; round++)
        {
            var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => parts[random.Next(parts.Length)])));
            var all = TokenCounter.Count(text);
            for (var tokens = 0; tokens <= all; tokens++)
            {
                var cut = text.AsSpan(0, TokenCounter.Cut(text, tokens));
                Assert.True(System.Text.Unicode.Utf8.IsValid(cut));
                // A character of two tokens doesn't fit where one is left.
                Assert.InRange(TokenCounter.Count(cut), Math.Max(0, tokens - 1), tokens);
            }
            Assert.Equal(text.Length, TokenCounter.Cut(text, all));
        }
    }
}
