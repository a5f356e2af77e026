namespace Tidy.Sources;

public sealed class MarkdownTextTests
{
    [Fact]
    public void FindsInlineImageAndReferenceLinks() => Assert.Equal(
        ["a.md", "b.png", "c.md#part", "d (1).md", "e.md"],
        MarkdownText.Links("See [a](a.md), ![b](b.png \"title\"), [`code` c](c.md#part) and [d](<d (1).md>).\n\n[e]: e.md\n"));

    [Fact]
    public void TakesNothingInCodeOrACommentForALink() => Assert.Empty(
        MarkdownText.Links("`[a](a.md)`\n\n```\n[b](b.md)\n```\n<!-- [c](c.md) -->"));

    [Fact]
    public void GivesHeadingsTheAnchorsOfGitHub() => Assert.Equal(
        ["how-its-built", "net-10--more", "same", "same-1", "a-link"],
        MarkdownText.Anchors("# How it's built\n## .NET 10 & more\n### Same\n### Same\n## [A link](x.md)\n```\n# not one\n```\n"));
}
