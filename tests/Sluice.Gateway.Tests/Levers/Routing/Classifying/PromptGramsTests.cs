using System.Text;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Tests.Levers.Routing.Classifying;

public sealed class PromptGramsTests
{
    [Theory]
    [InlineData("Größe  \n x", "größe x", true)]
    [InlineData("ÉTÉ", "été", true)]
    [InlineData("a+b", "a + b", true)]
    [InlineData("a_b", "a b", false)]
    [InlineData("a b", "b a", false)]
    public void WordsAreReadWithoutRegardToCaseAndBlanks(string one, string other, bool same) =>
        Assert.Equal(same, Words(one).AsSpan().SequenceEqual(Words(other)));

    [Fact]
    public void EachWordAndEachPairIsOneGram() => Assert.Equal(4 + 3, Words("Is it not?").Length);

    [Fact]
    public void PiecesStayWithinBlanks()
    {
        using var grams = PromptGrams.Of("ab c"u8);
        // " ab", "ab ", " ab ", " c ".
        Assert.Equal(4, grams.Pieces.Length);
    }

    [Fact]
    public void TheShapeCountsBytesDigitsLinesAndWords()
    {
        using var grams = PromptGrams.Of("a 1\n22 b"u8);
        Assert.Equal([MathF.Log(9), 3f / 8, MathF.Log(2), MathF.Log(5)], grams.Shape.ToArray());
    }

    [Fact]
    public void OnlyTheBeginningOfAVeryLongPromptIsRead()
    {
        var prompt = new byte[FeatureSpec.MaxBytes + 1000];
        Array.Fill(prompt, (byte)'a');
        using var grams = PromptGrams.Of(prompt);
        Assert.Equal(MathF.Log(1 + FeatureSpec.MaxBytes), grams.Shape[0]);
    }

    private static uint[] Words(string text)
    {
        using var grams = PromptGrams.Of(Encoding.UTF8.GetBytes(text));
        return grams.Words.ToArray();
    }
}
