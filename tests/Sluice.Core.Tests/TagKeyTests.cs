using Sluice.Core;

namespace Sluice.Core.Tests;

public sealed class TagKeyTests
{
    [Theory]
    [InlineData("team", "team")]
    [InlineData("Cost-Center", "costcenter")]
    [InlineData("user:cost_center", "costcenter")]
    [InlineData("user_team", "team")]
    [InlineData("resource_tags_user_team", "team")]
    [InlineData("resource_tags/user_team", "team")]
    [InlineData("resourceTags/user:team", "team")]
    [InlineData("aws:createdBy", "createdby")]
    [InlineData("aws_createdBy", "createdby")]
    [InlineData("iamPrincipal/team", "team")]
    [InlineData("tag:team", "team")]
    [InlineData("user_", "user")]
    [InlineData("---", "---")]
    [InlineData("a:", "a:")]
    public void NamesAreTheirLettersWithoutWhoSetThem(string name, string plain) => Assert.Equal(plain, TagKey.Plain(name));

    [Fact]
    public void TheVeryNameComesFirstThenTheFirstInOrder()
    {
        var tags = new Dictionary<string, string> { ["user:team"] = "b", ["Team"] = "c", ["team"] = "a", ["empty"] = "" };

        Assert.Equal(("team", "a"), TagKey.Find(tags, "team"));
        Assert.Equal(("Team", "c"), TagKey.Find(tags, "TEAM"));
        Assert.Null(TagKey.Find(tags, "empty"));
    }

    [Fact]
    public void NamesWithoutLettersAreOnlyThemselves()
    {
        var tags = new Dictionary<string, string> { ["---"] = "a" };

        Assert.Equal("a", TagKey.Value(tags, "---"));
        Assert.Null(TagKey.Value(tags, "___"));
    }
}
