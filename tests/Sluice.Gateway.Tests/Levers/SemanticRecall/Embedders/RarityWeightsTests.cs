using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Embedders;

public sealed class RarityWeightsTests
{
    [Fact]
    public void ATextIsOneWithItselfAndNothingWithAnother()
    {
        var (a, b) = (CharacterFeatures.Of("piano lessons")!, CharacterFeatures.Of("xyz")!);
        Assert.Equal(1, RarityWeights.Unweighted.Cosine(a, a), 5);
        Assert.Equal(0, RarityWeights.Unweighted.Cosine(a, b));
    }

    [Fact]
    public void WhatManyTextsHaveSaysLess()
    {
        var frequencies = new DocumentFrequencies();
        for (var i = 0; i < 100; i++)
            frequencies.Add(CharacterFeatures.Of($"how do i {(char)('a' + (i % 26))}{i}")!);
        var weights = frequencies.Freeze();
        var (a, b) = (CharacterFeatures.Of("how do i swim")!, CharacterFeatures.Of("how do i paint")!);
        Assert.True(weights.Cosine(a, b) < RarityWeights.Unweighted.Cosine(a, b) / 2);
    }

    [Fact]
    public void TheVersionTellsWhatWasLearned()
    {
        var frequencies = new DocumentFrequencies();
        frequencies.Add(CharacterFeatures.Of("one")!);
        var first = frequencies.Freeze();
        frequencies.Add(CharacterFeatures.Of("two")!);
        Assert.NotEqual(first.Version, frequencies.Freeze().Version);
        Assert.Equal(first.Version, new RarityWeights(first.Texts, first.TextsWith).Version);
        Assert.NotEqual(new HashedEmbedder(first).Identity, new HashedEmbedder(RarityWeights.Unweighted).Identity);
    }
}
