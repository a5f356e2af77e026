using Sluice.Core;

namespace Sluice.Core.Tests;

public sealed class CountedTests
{
    [Theory]
    [InlineData(0, "row", "0 rows")]
    [InlineData(1, "row", "1 row")]
    [InlineData(-1, "row", "-1 row")]
    [InlineData(1_234_567, "row", "1,234,567 rows")]
    [InlineData(2, "entry", "2 entries")]
    [InlineData(2, "day", "2 days")]
    [InlineData(2, "index", "2 indexes")]
    [InlineData(2, "match", "2 matches")]
    [InlineData(2, "class", "2 classes")]
    [InlineData(2, "new charge", "2 new charges")]
    [InlineData(1, "new charge", "1 new charge")]
    public void ANounIsSpelledForItsCount(long count, string noun, string text) => Assert.Equal(text, Counted.Of(count, noun));

    [Theory]
    [InlineData(1, "is")]
    [InlineData(2, "are")]
    [InlineData(0, "are")]
    public void AVerbGoesWithItsCount(long count, string verb) => Assert.Equal(verb, Counted.Word(count, "is", "are"));
}
