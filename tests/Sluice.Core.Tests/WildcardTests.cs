using System.IO.Enumeration;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Core;

namespace Sluice.Core.Tests;

public sealed class WildcardTests
{
    [Theory]
    [InlineData("chat", "chat", true)]
    [InlineData("Chat", "cHAT", true)]
    [InlineData("chat", "chats", false)]
    [InlineData("ch*", "chat", true)]
    [InlineData("*opus*", "anthropic.claude-opus-5", true)]
    [InlineData("*opus*", "anthropic.claude-haiku-4-5", false)]
    [InlineData("a*b*c", "aXbbXc", true)]
    [InlineData("a*b*c", "aXbbX", false)]
    [InlineData("c?at", "chat", true)]
    [InlineData("c?at", "cat", false)]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a\\*", "a\\b", true)]
    [InlineData("what?", "what?", true)]
    public void StarsStandForRunsAndCaseDoesNotMatter(string pattern, string value, bool isMatch) => Assert.Equal(isMatch, Wildcard.Matches(pattern, value));

    /// <summary>.NET's own matching of file names is the same where no backslash escapes anything.</summary>
    [Fact]
    public void AgreesWithAnIndependentMatcher()
    {
        var texts = Gen.Elements("a", "b", "A", "-", "").ListOf().Select(parts => string.Concat(parts.Take(8)));
        var patterns = Gen.Elements("a", "b", "B", "-", "*", "?").ListOf().Select(parts => string.Concat(parts.Take(8)));
        Check.One(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(2_000).WithReplay(20261201, 1),
            Prop.ForAll((from p in patterns from t in texts select (p, t)).ToArbitrary(), c => c.p.Length == 0 || Wildcard.Matches(c.p, c.t) == FileSystemName.MatchesSimpleExpression(c.p, c.t)));
    }

    [Fact]
    public void ManyStarsTakeNoLongTime() => Assert.False(Wildcard.Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 20_000)));
}
