using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Core.Tests;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("café, naïve, 日本語, 👩‍💻, می‌خواهم")]
    [InlineData("")]
    public void OrdinaryTextStaysAsItIs(string text) => Assert.Equal(text, PlainText.Of(text));

    [Theory]
    [InlineData("\u001b]0;title\u0007\u001b[31mred", "\uFFFD]0;title\uFFFD\uFFFD[31mred")]
    [InlineData("a\r\nb\tc", "a  b c")]
    [InlineData("a\u0085b\u009bc\u007fd\0e", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe")]
    [InlineData("a\u2028b\u2029c", "a\uFFFDb\uFFFDc")]
    [InlineData("user\u202Egnp.exe\u2066\u200E\u061C\uFEFF", "user\uFFFDgnp.exe\uFFFD\uFFFD\uFFFD\uFFFD")]
    public void CharactersThatPrintersActOnAreReplaced(string text, string plain) => Assert.Equal(plain, PlainText.Of(text));

    [Fact]
    public void LoneSurrogatesAreReplaced() => Assert.Equal("a\uFFFDb", PlainText.Of("a" + (char)0xD800 + "b"));

    [Fact]
    public void LongTextIsCutWithoutSplittingACharacter()
    {
        Assert.Equal(new string('a', 199) + "…", PlainText.Of(new string('a', 201)));
        Assert.Equal(new string('a', 200), PlainText.Of(new string('a', 200)));
        Assert.Equal("aaa…", PlainText.Of("aaa😀😀", 5));
    }

    [Fact]
    public void LinesStayLines() => Assert.Equal($"one\uFFFD{Environment.NewLine}two", PlainText.OfLines("one\u001b\r\ntwo"));

    [Fact]
    public void NothingThatPrintersActOnIsLeft() => Check.One(Config.QuickThrowOnFailure.WithReplay(20261130, 1), Prop.ForAll<string?>(Holds));

    private static bool Holds(string? text)
    {
        var plain = PlainText.Of(text ?? "");
        return plain.Length <= PlainText.MaxLength
            && plain.All(c => !char.IsControl(c))
            && plain.EnumerateRunes().All(r => Rune.GetUnicodeCategory(r) is not (UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            && PlainText.Of(plain) == plain;
    }
}
