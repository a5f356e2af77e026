using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Embedders;

public sealed class CharacterFeaturesTests
{
    [Fact]
    public void CountsRunsOf3To5CharactersWithinWords()
    {
        // " ab " has " ab", "ab " and " ab "; a text of it twice has each twice.
        var once = CharacterFeatures.Of("ab")!;
        var twice = CharacterFeatures.Of("AB\n ab")!;
        Assert.Equal(3, once.Dimensions.Length);
        Assert.Equal(once.Dimensions, twice.Dimensions);
        Assert.All(once.Counts, count => Assert.Equal(1, count));
        Assert.All(twice.Counts, count => Assert.Equal(2, count));
    }

    [Fact]
    public void WhatCannotBeToldApartIsNotEmbedded()
    {
        Assert.Null(CharacterFeatures.Of(""));
        Assert.Null(CharacterFeatures.Of(" \n"));
        Assert.Null(CharacterFeatures.Of(new string('a', CharacterFeatures.MaxCharacters + 1)));
        Assert.NotNull(CharacterFeatures.Of(new string('a', CharacterFeatures.MaxCharacters)));
    }

    [Fact]
    public void DimensionsAscend()
    {
        var dimensions = CharacterFeatures.Of("How do I learn to play the piano by myself in a year?")!.Dimensions;
        Assert.Equal(dimensions.Order().Distinct(), dimensions);
    }
}
