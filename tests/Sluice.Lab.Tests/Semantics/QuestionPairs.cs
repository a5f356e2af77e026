using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Lab.Semantics;
using Sluice.Lab.Semantics.Training;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Semantics;

/// <summary>QQP's development set in two parts that share no question, and a model of the smaller part. Trained once, since it takes seconds.</summary>
public sealed class QuestionPairs
{
    private readonly Lazy<SemanticModel> _model;

    public QuestionPairs() => _model = new(() => SemanticTrainer.Train(Learned, folds: 2, seed: 1, targetPrecision: 0.9, withVerifier: true));

    public static IReadOnlyList<LabelledPair> All { get; } = Load();

    private static int[] Folds { get; } = QuestionComponents.Folds(All, 5, seed: 1);

    /// <summary>Two fifths of the pairs.</summary>
    public static IReadOnlyList<LabelledPair> Learned { get; } = [.. All.Where((_, i) => Folds[i] < 2)];

    /// <summary>The other three.</summary>
    public static IReadOnlyList<LabelledPair> Unseen { get; } = [.. All.Where((_, i) => Folds[i] >= 2)];

    /// <summary>Learned from <see cref="Learned"/>; calibrated to a precision of 0.9, which is about what QQP's labels allow.</summary>
    public SemanticModel Model
    {
        get
        {
            SharedFolder.Path("data/semantic/qqp_dev.jsonl.gz");
            return _model.Value;
        }
    }

    private static IReadOnlyList<LabelledPair> Load()
    {
        var path = Path.Combine(SharedFolder.RepositoryRoot, "../shared/data/semantic/qqp_dev.jsonl.gz");
        return File.Exists(path) ? PairFile.Read(path) : [];
    }
}
