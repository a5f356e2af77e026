using Sluice.Core.Metering.Estimating;

namespace Sluice.Core.Tests.Metering.Estimating;

public sealed class CharacterCountsTests
{
    private const string Alphabet = "abzAMZ0189 \t\n\r<>\"',;={}()[]!~\u007f\0\u00e9\u0142\u0436\u05d0\u4e2d\ud55c\u2014\ud83d\ude00";

    [Fact]
    public void CountsAsOneCharacterAfterTheOtherWould()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var text = string.Create(random.Next(300), random, static (span, random) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = i > 0 && random.Next(3) > 0 ? span[i - 1] : Alphabet[random.Next(Alphabet.Length)];
            });
            var counts = CharacterCounts.Of(text);
            Assert.Equal(text.Length, counts.Chars);
            Assert.Equal((Of(text, char.IsAsciiLetter), Starts(text, char.IsAsciiLetter)), (counts.Letters, counts.Words));
            Assert.Equal((Of(text, char.IsAsciiLetterUpper), Of(text, char.IsAsciiDigit), Starts(text, char.IsAsciiDigit)), (counts.Capitals, counts.Digits, counts.Numbers));
            Assert.Equal((Of(text, IsMark), Starts(text, IsMark)), (counts.Marks, counts.MarkRuns));
            Assert.Equal((Of(text, IsBlank), Starts(text, IsBreak)), (counts.Blanks, counts.Breaks));
            Assert.Equal(Pairs(text, (before, c) => char.IsAsciiLetterLower(before) && char.IsAsciiLetterUpper(c)), counts.Humps);
            Assert.Equal(Pairs(text, (before, c) => IsBlank(before) && char.IsAsciiDigit(c)), counts.SpacedNumbers);
            Assert.Equal(Enumerable.Range(1, Math.Max(0, text.Length - 1)).Count(i => IsBlank(text[i]) && IsBlank(text[i - 1]) && (i == 1 || !IsBlank(text[i - 2]))), counts.Gaps);
            Assert.Equal((Of(text, c => c == '"'), Of(text, c => c == '<'), Of(text, c => c == ','), Of(text, c => c is '{' or '(' or '[' or ';' or '=')), (counts.Quotes, counts.Angles, counts.Commas, counts.Signs));
            Assert.Equal(
                (Of(text, c => c is 'é' or 'ł'), Of(text, c => c is 'ж' or 'א'), Of(text, c => c is '中' or '한'), Of(text, c => c is '—' || char.IsSurrogate(c))),
                (counts.Latin, counts.Lettered, counts.Ideographs, counts.Symbols));
        }
    }

    private static bool IsMark(char c) => c is > ' ' and < '\u007f' && !char.IsAsciiLetterOrDigit(c);

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private static bool IsBreak(char c) => c is '\n' or '\r';

    private static long Of(string text, Func<char, bool> isOf) => text.LongCount(isOf);

    private static long Starts(string text, Func<char, bool> isOf) => text.Where((c, i) => isOf(c) && (i == 0 || !isOf(text[i - 1]))).LongCount();

    private static long Pairs(string text, Func<char, char, bool> isPair) => Enumerable.Range(1, Math.Max(0, text.Length - 1)).LongCount(i => isPair(text[i - 1], text[i]));
}
