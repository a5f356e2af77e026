using Sluice.Lab.Semantics;

namespace Sluice.Lab.Tests.Semantics;

public sealed class QuestionComponentsTests
{
    private static readonly LabelledPair[] Pairs = [new("a", "b", true), new("b", "c", false), new("d", "e", true), new("e", "f", true)];

    [Fact]
    public void PairsThatShareATextHangTogether()
    {
        var groups = QuestionComponents.Of(Pairs);
        Assert.Equal(groups[0], groups[1]);
        Assert.Equal(groups[2], groups[3]);
        Assert.NotEqual(groups[0], groups[2]);
    }

    [Fact]
    public void OnlyDuplicatesShareAMeaning()
    {
        var meanings = QuestionComponents.Meanings(Pairs);
        Assert.Equal(meanings["a"], meanings["b"]);
        Assert.NotEqual(meanings["b"], meanings["c"]);
        Assert.Equal(meanings["d"], meanings["f"]);
    }

    [Fact]
    public void FoldsNeverCutThroughAGroupAndFollowTheSeed()
    {
        LabelledPair[] chains = [.. Enumerable.Range(0, 300).Select(i => new LabelledPair($"{i / 3}", $"{i / 3}-{i}", i % 2 == 0))];
        var folds = QuestionComponents.Folds(chains, 5, 7);
        Assert.All(folds.Chunk(3), chain => Assert.Single(chain.Distinct()));
        Assert.Equal(5, folds.Distinct().Count());
        Assert.Equal(folds, QuestionComponents.Folds(chains, 5, 7));
    }
}
