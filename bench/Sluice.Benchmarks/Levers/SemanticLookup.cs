using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Sluice.Core;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Indexing;
using Sluice.Gateway.Levers.SemanticRecall.Storing;
using Sluice.Lab.Semantics;
using Sluice.Lab.Semantics.Training;

namespace Sluice.Benchmarks.Levers;

/// <summary>
/// The distribution of the time that a look-up takes, over questions that people have asked, which BenchmarkDotNet's means do not
/// show: the nearest alone, and the whole look-up with guards and verifier. It reads <c>../shared/data/semantic</c>, beside the checkout.
/// </summary>
internal static class SemanticLookup
{
    private const int Queries = 2000;
    private const int Rounds = 9;
    private const float Floor = 0.5f;

    public static void Run(string folder)
    {
        var pairs = PairFile.Read(Path.Combine(folder, "qqp_dev.jsonl.gz"));
        string[] questions = [.. pairs.SelectMany(p => new[] { p.A, p.B }).Distinct(StringComparer.Ordinal).Where(q => CharacterFeatures.Of(q) is not null)];
        var random = new Random(1);
        random.Shuffle(questions);
        var queries = questions[..Queries];
        // QQP has some 3,500 questions too few; sentences of the other collections fill up.
        string[] entries = [.. questions[Queries..].Concat(Sentences(folder)).Distinct(StringComparer.Ordinal)];
        Console.WriteLine("training a verifier on a tenth of the pairs");
        var model = SemanticTrainer.Train([.. pairs.Where((_, i) => i % 10 == 0)], folds: 2, seed: 1, targetPrecision: 0.8, withVerifier: true);
        foreach (var count in new[] { 50_000, 100_000 })
            Measure(entries[..count], queries, model);
    }

    private static void Measure(string[] entries, string[] queries, SemanticModel model)
    {
        var index = new SparseIndex(model.Weights);
        var memory = new SemanticMemory(new HashedEmbedder(model.Weights), model.Verifier, model.Calibration, new SemanticMemoryOptions { MaxBytes = 1L << 30 });
        var partition = new PartitionKey("bench", SHA512.HashData("bench"u8));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var (slot, text) in entries.Index())
            index.Add(slot, CharacterFeatures.Of(text)!);
        var vectors = GC.GetTotalMemory(forceFullCollection: true) - before;
        foreach (var text in entries)
            memory.Add(partition, text, CharacterFeatures.Of(text)!, text, Money.Zero);
        var all = GC.GetTotalMemory(forceFullCollection: true) - before - vectors;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entries.Length:N0} entries: vectors {vectors / 1e6:0.0} MB (says {index.Bytes / 1e6:0.0}), the whole memory {all / 1e6:0.0} MB (says {memory.Bytes / 1e6:0.0})"));

        Embedding[] embeddings = [.. queries.Select(q => CharacterFeatures.Of(q)!)];
        Time("nearest", queries.Length, i =>
        {
            Span<Neighbour> nearest = stackalloc Neighbour[4];
            return index.Search(embeddings[i], Floor, nearest).Found;
        });
        Time("look-up", queries.Length, i => memory.Find(partition, queries[i], CharacterFeatures.Of(queries[i])!).IsHit ? 1 : 0);
    }

    /// <summary>
    /// Each round asks all. Where other processes share the cores a call in a hundred waits for one of theirs, so each question's best
    /// of all rounds is told too, which is what it takes by itself.
    /// </summary>
    private static void Time(string name, int count, Func<int, int> ask)
    {
        var (p50, p99) = (new double[Rounds], new double[Rounds]);
        var alone = Enumerable.Repeat(double.PositiveInfinity, count).ToArray();
        var times = new double[count];
        // The first round warms up.
        for (var round = -1; round < Rounds; round++)
        {
            for (var i = 0; i < count; i++)
            {
                var start = Stopwatch.GetTimestamp();
                _ = ask(i);
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                alone[i] = round < 0 ? alone[i] : Math.Min(alone[i], times[i]);
            }
            if (round >= 0)
                (p50[round], p99[round]) = (At(times, 0.5), At(times, 0.99));
        }
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {p50.Min():0} | {At(p50, 0.5):0} | {p99.Min():0} | {At(p99, 0.5):0} | {At(alone, 0.5):0} | {At(alone, 0.99):0} | {alone.Max():0} |"));
    }

    private static double At(double[] values, double share) => values.Order().ElementAt((int)(values.Length * share));

    private static IEnumerable<string> Sentences(string folder)
    {
        foreach (var columns in File.ReadLines(Path.Combine(folder, "mrpc_test.tsv")).Skip(1).Select(l => l.Split('\t')))
        {
            yield return columns[3];
            yield return columns[4];
        }
        foreach (var columns in File.ReadLines(Path.Combine(folder, "SICK_test_annotated.txt")).Skip(1).Select(l => l.Split('\t')))
        {
            yield return columns[1];
            yield return columns[2];
        }
    }
}
