using BenchmarkDotNet.Attributes;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Guards;
using Sluice.Gateway.Levers.SemanticRecall.Indexing;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Benchmarks.Levers;

/// <summary>A look-up among questions that are made up of common and rare words: embedding, search and guards.</summary>
[MemoryDiagnoser]
public class SemanticRecallBenchmarks
{
    private const string Question = "How do I learn to play the piano by myself without a teacher?";

    private SparseIndex _index = new(RarityWeights.Unweighted);
    private Embedding[] _queries = [];
    private int _next;
    private Wording _first = Wording.Of(Question);
    private Wording _second = Wording.Of(Question);

    [Params(50_000, 100_000)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        string[] words = [.. Enumerable.Range(0, 20_000).Select(_ => new string([.. Enumerable.Range(0, random.Next(2, 10)).Select(_ => "etaoinshrdlucmfwypvbgkjqxz"[(int)(26 * Math.Pow(random.NextDouble(), 1.6))])]))];
        string Sentence() => string.Join(' ', Enumerable.Range(0, 11).Select(_ => words[(int)(words.Length * Math.Pow(random.NextDouble(), 4))]));
        Embedding[] entries = [.. Enumerable.Range(0, Entries).Select(_ => CharacterFeatures.Of(Sentence())!)];
        var frequencies = new DocumentFrequencies();
        foreach (var entry in entries)
            frequencies.Add(entry);
        _index = new SparseIndex(frequencies.Freeze());
        foreach (var (slot, entry) in entries.Index())
            _index.Add(slot, entry);
        _queries = [.. Enumerable.Range(0, 1000).Select(_ => CharacterFeatures.Of(Sentence())!)];
        _first = Wording.Of(Question);
        _second = Wording.Of("How can I learn to play the piano on my own without a teacher?");
    }

    [Benchmark]
    public Embedding? Embed() => CharacterFeatures.Of(Question);

    [Benchmark]
    public SearchOutcome Search()
    {
        Span<Neighbour> nearest = stackalloc Neighbour[4];
        _next = (_next + 1) % _queries.Length;
        return _index.Search(_queries[_next], 0.5f, nearest);
    }

    [Benchmark]
    public Wording Analyse() => Wording.Of(Question);

    [Benchmark]
    public Veto? Guard() => GuardChain.Check(_first, _second);
}
