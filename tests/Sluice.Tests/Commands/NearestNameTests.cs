using Sluice.Commands;

namespace Sluice.Tests.Commands;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["spend", "serve", "savings", "semantic", "Claude Sonnet", "Claude Haiku", "chat"];

    [Theory]
    [InlineData("spedn", "spend")]
    [InlineData("SPEND", "spend")]
    [InlineData("saving", "savings")]
    [InlineData("claude sonnet", "Claude Sonnet")]
    [InlineData("Sonnet", "Claude Sonnet")]
    [InlineData("chta", "chat")]
    [InlineData("xyzzy", null)]
    [InlineData("", null)]
    [InlineData("\0\uD800", null)]
    public void FindsWhatWasMeantAndNothingThatIsFar(string word, string? expected) => Assert.Equal(expected, NearestName.To(word, Names));
}
