using Sluice.Core.Pricing;

namespace Sluice.Core.Tests.Pricing;

public sealed class ModelCatalogTests
{
    private static readonly ModelCatalog Models = PriceBook.Default.Models;

    [Theory]
    [InlineData("claude-sonnet-4.5", "anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("Claude Sonnet 4.5", "anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("claude-sonnet-4-5", "anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("claude-3.5-sonnet", "anthropic.claude-3-5-sonnet-20240620-v1:0")]
    [InlineData("claude-3-5-sonnet-v2", "anthropic.claude-3-5-sonnet-20241022-v2:0")]
    [InlineData("Claude Opus", "anthropic.claude-3-opus-20240229-v1:0")]
    [InlineData("Claude 4 Sonnet", "anthropic.claude-sonnet-4-20250514-v1:0")]
    [InlineData("nova-micro", "amazon.nova-micro-v1:0")]
    [InlineData("Amazon Nova Micro", null)]
    [InlineData("gpt-6.1-sol", "openai.gpt-6.1-sol")]
    [InlineData("llama 3.1 70b", "meta.llama3-1-70b-instruct-v1:0")]
    [InlineData("claude", null)]
    [InlineData("", null)]
    public void NamesAreFoundWhateverTheirCaseAndPunctuation(string text, string? id) => Assert.Equal(id, Models.Resolve(text)?.Id);

    [Fact]
    public void EveryModelIsFoundByItsIdAndByItsName()
    {
        foreach (var model in Models.All)
        {
            Assert.Same(model, Models.Resolve(model.Name));
            if (model.Exists)
                Assert.Same(model, Models.Resolve(model.Id));
        }
    }

    [Fact]
    public void NoTwoModelsShareANameOrAnId()
    {
        Assert.Empty(Models.All.SelectMany(m => m.Aliases.Append(m.Name)).GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.Empty(Models.All.SelectMany(m => m.OtherIds.Append(m.Id)).Where(i => i.Length > 0).GroupBy(i => i, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void EveryPricedModelIsInTheCatalogue()
    {
        var known = Models.All.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(PriceBook.Default.Rows.Select(r => r.Model).Where(m => m != "*" && !known.Contains(m)).Distinct(StringComparer.Ordinal));
    }

    // A guide prices a model of this name, which never was.
    [Fact]
    public void ANameThatNeverWasAModelIsAnsweredAndNotPriced()
    {
        var model = Models.Resolve("claude-4-haiku")!;
        Assert.False(model.Exists);
        Assert.Contains("No model of this name was ever listed", model.Note, StringComparison.Ordinal);
        Assert.DoesNotContain(Models.Nearest("claude-4-haiku"), m => !m.Exists);
    }

    [Theory]
    [InlineData("claude-sonet-4.5", "anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("anthropic.claude-haiku-4-6", "anthropic.claude-haiku-4-5-20251001-v1:0")]
    [InlineData("nova-mikro", "amazon.nova-micro-v1:0")]
    public void TheNearestNamesAreSuggested(string text, string id) => Assert.Contains(Models.Nearest(text), m => m.Id == id);

    [Theory]
    [InlineData("sonnet", "anthropic.claude-sonnet-5-5 anthropic.claude-sonnet-5 anthropic.claude-sonnet-4-6")]
    [InlineData("Ray", "luma.ray-v2:0/720p luma.ray-v2:0/540p luma.ray-v2:0")]
    [InlineData("astra", "openai.gpt-6-astra")]
    public void APartOfANameSuggestsTheModelsThatHaveItTheHighestVersionFirst(string text, string ids) =>
        Assert.StartsWith(ids, string.Join(' ', Models.Nearest(text).Select(m => m.Id)), StringComparison.Ordinal);

    // The mantle endpoint names models without their revision, some with "-instruct" behind.
    [Theory]
    [InlineData("qwen.qwen3-coder-480b-a35b-instruct", "qwen.qwen3-coder-480b-a35b-v1:0")]
    [InlineData("qwen.qwen3-32b", "qwen.qwen3-32b-v1:0")]
    [InlineData("qwen.qwen3-vl-235b-a22b-instruct", "qwen.qwen3-vl-235b-a22b")]
    [InlineData("deepseek.v3.1", "deepseek.v3-v1:0")]
    [InlineData("zai.glm-4.6", "zai.glm-4.6")]
    public void IdsOfTheMantleEndpointAreKnown(string id, string model) => Assert.Equal(model, Models.Find(id)?.Id);

    [Fact]
    public void NothingIsSuggestedForWhatLooksLikeNothing() => Assert.Empty(Models.Nearest("zzzzzzzzzzzzzzzzzzzzzzzzzzz"));
}
