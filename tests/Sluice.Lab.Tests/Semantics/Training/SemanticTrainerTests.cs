using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Texts;
using Sluice.Lab.Semantics;
using Sluice.Lab.Semantics.Training;

namespace Sluice.Lab.Tests.Semantics.Training;

public sealed class SemanticTrainerTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    private static readonly string[] Things = ["printer", "router", "kettle", "engine", "window", "garden", "camera", "bicycle", "keyboard", "mirror"];

    private static readonly string[] Acts = ["repair", "paint", "clean", "measure", "choose", "carry", "describe", "return"];

    [Fact]
    public void TheSamePairsAndSeedMakeTheSameModel()
    {
        var (first, second) = (Train(), Train());
        Assert.Equal(first.Calibration, second.Calibration);
        Assert.Equal(Probabilities(first), Probabilities(second));
    }

    [Fact]
    public void AModelReadsBackAsItWasWritten()
    {
        var model = Train();
        SemanticModelFile.Write(_path, model);
        var read = SemanticModelFile.Read(_path);
        Assert.Equal(model.Calibration, read.Calibration);
        Assert.Equal(model.Weights.Version, read.Weights.Version);
        Assert.Equal(Probabilities(model), Probabilities(read));
    }

    [Fact]
    public void AFileThatIsNoModelIsRefusedByName()
    {
        File.WriteAllText(_path, "no model");
        Assert.StartsWith(_path, Assert.Throws<InvalidDataException>(() => SemanticModelFile.Read(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PairsOfOneKindTeachNothing() =>
        Assert.Throws<ArgumentException>(() => SemanticTrainer.Train([new("a", "b", true)], 2, 1, 0.9, true));

    [Fact]
    public void WhatLooksAlikeAndIsAnotherThingIsLearned()
    {
        var model = Train();
        Assert.NotNull(model.Calibration);
        Assert.True(model.Verifier!.Probability(Wording.Of("How do I repair a kettle?"), Wording.Of("How can I repair a kettle?"), 0.8f)
            > model.Verifier.Probability(Wording.Of("How do I repair a kettle?"), Wording.Of("How do I repair a mirror?"), 0.8f));
    }

    public void Dispose() => File.Delete(_path);

    private static SemanticModel Train() => SemanticTrainer.Train([.. Pairs()], 3, 5, 0.9, true);

    private static IEnumerable<LabelledPair> Pairs()
    {
        foreach (var act in Acts)
        {
            foreach (var (i, thing) in Things.Index())
            {
                yield return new($"How do I {act} a {thing}?", $"How can I {act} a {thing}?", true);
                yield return new($"How do I {act} the {thing} now?", $"How do I {act} the {Things[(i + 3) % Things.Length]} now?", false);
            }
        }
    }

    private static double[] Probabilities(SemanticModel model) => [.. Pairs().Select(p => model.Verifier!.Probability(Wording.Of(p.A), Wording.Of(p.B), 0.7f))];
}
