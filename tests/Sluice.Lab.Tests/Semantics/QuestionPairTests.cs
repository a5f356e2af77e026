using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Guards;
using Sluice.Gateway.Levers.SemanticRecall.Storing;
using Sluice.Gateway.Levers.SemanticRecall.Texts;
using Sluice.Lab.Semantics;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Semantics;

/// <summary>What is claimed of the semantic cache, on public data that no part of it has learned from.</summary>
public sealed class QuestionPairTests(QuestionPairs pairs, ITestOutputHelper output) : IClassFixture<QuestionPairs>
{
    [Fact]
    public void TheEmbedderRanksDuplicateQuestionsWithAnAucOf76Percent()
    {
        SharedFolder.Path("data/semantic/qqp_dev.jsonl.gz");
        var rows = SemanticEvaluation.Run(QuestionPairs.All, folds: 5, seed: 1, targetPrecision: 0.8, withVerifier: false);

        output.WriteLine($"{rows[0]}");
        Assert.True(rows[0].Auc >= 0.76, $"{rows[0].Auc}");
    }

    [Fact]
    public void AVerifierOfTwoFifthsFindsTheDuplicatesOfTheRestAtAPrecisionThatIsAskedFor()
    {
        var model = pairs.Model;
        var scores = new double[QuestionPairs.Unseen.Count];
        Parallel.For(0, scores.Length, i =>
        {
            var pair = QuestionPairs.Unseen[i];
            var (a, b) = (Wording.Of(pair.A), Wording.Of(pair.B));
            scores[i] = GuardChain.Check(a, b) is null ? model.Verifier!.Probability(a, b, Cosine(model.Weights, pair.A, pair.B)) : double.NegativeInfinity;
        });
        bool[] labels = [.. QuestionPairs.Unseen.Select(p => p.IsDuplicate)];
        var (at80, at90) = (RankMetrics.RecallAt(0.8, scores, labels).Recall, RankMetrics.RecallAt(0.9, scores, labels).Recall);

        output.WriteLine($"recall {at80:0.000} at 0.80, {at90:0.000} at 0.90");
        Assert.True(at80 >= 0.37, $"{at80}");
        Assert.True(at90 >= 0.12, $"{at90}");
    }

    /// <summary>All of it, every pair scored by a model of four fifths: two minutes.</summary>
    [Fact(Explicit = true)]
    public void FiveFoldsHoldTheSame()
    {
        SharedFolder.Path("data/semantic/qqp_dev.jsonl.gz");
        var rows = SemanticEvaluation.Run(QuestionPairs.All, folds: 5, seed: 1, targetPrecision: 0.8, withVerifier: true);

        foreach (var row in rows)
            output.WriteLine($"{row} {string.Join(" ", row.Recalls)}");
        Assert.True(rows[3].Recalls[0].Recall >= 0.37);
        Assert.True(rows[3].Recalls[1].Recall >= 0.12);
        Assert.True(rows[3].Held is { } held && held.Precision.High >= 0.8);
    }

    [Fact]
    public void InAStreamOf10000QuestionsTheErrorStaysWithinTheBound() => StaysWithin(10_000, 0.01, ErrorBasis.Calls);

    /// <summary>
    /// Half a minute each. QQP labels one pair of a question, so most true repeats among 50,000 count as wrong: no bound on hits can
    /// be proven there and nothing is served, which is what was asked for. The bound on calls leaves room.
    /// </summary>
    [Theory(Explicit = true)]
    [InlineData(0.01, ErrorBasis.Hits)]
    [InlineData(0.02, ErrorBasis.Hits)]
    [InlineData(0.05, ErrorBasis.Hits)]
    [InlineData(0.01, ErrorBasis.Calls)]
    [InlineData(0.02, ErrorBasis.Calls)]
    [InlineData(0.05, ErrorBasis.Calls)]
    public void InAStreamOf50000QuestionsTheErrorStaysWithinTheBound(double maxErrorShare, ErrorBasis basis) => StaysWithin(50_000, maxErrorShare, basis);

    [Fact]
    public void NoTrapIsServed()
    {
        var (model, byThreshold) = (pairs.Model, 0);
        List<string> served = [];
        foreach (var (kind, a, b) in JsonLines.Traps())
        {
            var (passes, isServed) = Ask(model, a, b);
            byThreshold += passes ? 1 : 0;
            if (isServed)
                served.Add($"{kind}: {a} | {b}");
        }

        output.WriteLine($"of 200 traps the verifier's threshold alone passes {byThreshold}");
        Assert.Empty(served);
    }

    [Fact]
    public void NoContradictionOfSickIsServed()
    {
        var (model, all, byThreshold) = (pairs.Model, 0, 0);
        List<string> served = [];
        foreach (var row in File.ReadLines(SharedFolder.Path("data/semantic/SICK_test_annotated.txt")).Skip(1).Select(line => line.Split('\t')).Where(row => row[4] == "CONTRADICTION"))
        {
            var (passes, isServed) = Ask(model, row[1], row[2]);
            all++;
            byThreshold += passes ? 1 : 0;
            if (isServed)
                served.Add($"{row[1]} | {row[2]}");
        }

        output.WriteLine($"of {all} contradictions the verifier's threshold alone passes {byThreshold}");
        Assert.Equal(720, all);
        Assert.Empty(served);
    }

    private void StaysWithin(int count, double maxErrorShare, ErrorBasis basis)
    {
        var model = pairs.Model;
        var questions = QuestionComponents.Meanings(QuestionPairs.Unseen).OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, m.Value)).ToArray();
        new Random(1).Shuffle(questions);
        var result = CacheReplay.Run(questions.Take(count), model, new SemanticMemoryOptions { Bound = new ErrorBoundOptions { MaxErrorShare = maxErrorShare, Basis = basis } });

        output.WriteLine($"{maxErrorShare} of {basis}: {result}");
        Assert.Equal(count, result.Asked);
        Assert.True(result.Wrong <= maxErrorShare * (basis == ErrorBasis.Hits ? result.Hits : result.Asked), $"{result}");
    }

    private static float Cosine(RarityWeights weights, string a, string b) =>
        CharacterFeatures.Of(a) is { } first && CharacterFeatures.Of(b) is { } second ? weights.Cosine(first, second) : 0;

    /// <returns>Whether the calibrated threshold lets the pair pass, and whether the guards do too.</returns>
    private static (bool Passes, bool IsServed) Ask(SemanticModel model, string a, string b)
    {
        var (first, second) = (Wording.Of(a), Wording.Of(b));
        var passes = model.Verifier!.Probability(first, second, Cosine(model.Weights, a, b)) >= model.Calibration!.Threshold;
        return (passes, passes && GuardChain.Check(first, second) is null);
    }
}
