using Sluice.Core.Models;
using Sluice.Core.Pricing;

namespace Sluice.Core.Tests.Models;

public sealed class ModelAbilitiesTests
{
    [Fact]
    public void EveryModelIsOneOfThePriceBook() =>
        Assert.All(ModelAbilities.All, known => Assert.NotNull(PriceBook.Default.Models.Find(known.Model)));

    [Theory]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0", Abilities.Tools | Abilities.Images | Abilities.Documents | Abilities.System | Abilities.Schema | Abilities.Reasoning, 200_000L)]
    [InlineData("amazon.nova-micro-v1:0", Abilities.Tools | Abilities.System | Abilities.Schema, 128_000L)]
    [InlineData("mistral.mistral-7b-instruct-v0:2", Abilities.Documents, 32_000L)]
    [InlineData("meta.llama3-8b-instruct-v1:0", Abilities.Documents | Abilities.System, 8_000L)]
    public void SaysWhatAModelTakes(string model, Abilities abilities, long context)
    {
        var known = ModelAbilities.Find(model)!;
        Assert.Equal((abilities, context), (known.Abilities, known.ContextTokens!.Value));
    }

    /// <summary>8,192 and 64,000 tokens are what two price collections say of Claude Sonnet 4.5: the least may be asked for, the most may be billed.</summary>
    [Fact]
    public void WhereSourcesDisagreeBothBoundsAreKept()
    {
        var sonnet = ModelAbilities.Find("anthropic.claude-sonnet-4-5-20250929-v1:0")!;
        Assert.Equal((8_192L, 64_000L), (sonnet.OutputTokens!.Value, sonnet.MostOutputTokens!.Value));
        Assert.All(ModelAbilities.All, known => Assert.True(known.MostOutputTokens >= known.OutputTokens && known.MostContextTokens >= known.ContextTokens, known.Model));
    }

    [Fact]
    public void WhatIsNotKnownIsNotGuessed() => Assert.Null(ModelAbilities.Find("example.new-model-v1:0"));
}
