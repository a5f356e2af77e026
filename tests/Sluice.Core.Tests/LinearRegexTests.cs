using Sluice.Core;

namespace Sluice.Core.Tests;

public sealed class LinearRegexTests
{
    [Fact]
    public void APatternThatWouldBacktrackExponentiallyEnds()
    {
        var text = new string('a', 100_000) + "!";
        Assert.DoesNotMatch(LinearRegex.Of("^(?:a+)+$"), text);
        Assert.DoesNotMatch(LinearRegex.Of("^(?:a|aa)+$"), text);
    }

    [Theory]
    [InlineData("(?=a)b", "needs look-around")]
    [InlineData(@"(a)\1", "needs look-around or back-references")]
    [InlineData("(a{1000}){1000}", "is too large")]
    [InlineData("((a{100}){100}){100}", "is too large")]
    [InlineData("(", "isn't a regular expression")]
    [InlineData("[z-a]", "isn't a regular expression")]
    public void APatternThatCantBeLinearIsRefusedWithTheReason(string pattern, string reason)
    {
        Assert.False(LinearRegex.TryParse(pattern, out _, out var problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void CaseIsIgnoredOnlyIfAskedFor()
    {
        Assert.Matches(LinearRegex.Of("abc", ignoreCase: true), "xABCx");
        Assert.DoesNotMatch(LinearRegex.Of("abc"), "xABCx");
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1 2 3", "1|2|3")]
    [InlineData("1,2", "1|2")]
    [InlineData("a1 1", "1")]
    [InlineData("", "")]
    public void TheLastCharacterOfAMatchMayBeTheContextOfTheNext(string text, string matches)
    {
        // Each number takes the separator after it, which is also what the next one needs before it.
        var number = LinearRegex.Of(@"(?:^|[ ,])(?<number>\d)[ ,]?");
        Assert.Equal(matches, string.Join('|', number.OverlappingMatches(text).Select(m => m.Groups["number"].Value)));
    }
}
