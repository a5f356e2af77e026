using System.Diagnostics;
using System.Text;
using BenchmarkDotNet.Attributes;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Benchmarks.Routing;

/// <summary>Scoring a prompt by a router as large as one that MMLU's 14,000 prompts make: about 190,000 n-grams, two heads.</summary>
[MemoryDiagnoser]
public class RouterModelBenchmarks
{
    private const int Words = 110_000;
    private const int Pieces = 80_000;

    private readonly List<double> _micros = [];
    private RouterModel _model = null!;
    private byte[] _prompt = [];

    [Params(256, 2 * 1024, 32 * 1024)]
    public int PromptBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        while (text.Length < PromptBytes)
            text.Append(Word(random.Next(2000))).Append(random.Next(12) == 0 ? ". " : " ");
        _prompt = Encoding.UTF8.GetBytes(text.ToString(0, PromptBytes));
        _model = new RouterModel(Weights(random));
    }

    [Benchmark]
    public RouterScore Score()
    {
        var start = Stopwatch.GetTimestamp();
        var score = _model.Score(_prompt, "task");
        _micros.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        return score;
    }

    /// <summary>BenchmarkDotNet's percentiles are of batches; these are of single calls, the warm-up's among them.</summary>
    [GlobalCleanup]
    public void PrintPercentiles()
    {
        _micros.Sort();
        Console.WriteLine(FormattableString.Invariant($"// {PromptBytes} bytes, {_micros.Count} calls: p50 {_micros[_micros.Count / 2]:0.0} us, p99 {_micros[(int)(0.99 * (_micros.Count - 1))]:0.0} us"));
    }

    private static string Word(int number) => "word" + Convert.ToString(number * 7919, 16);

    /// <summary>Every n-gram of the prompt is known, and the rest of the vocabulary is filled with others.</summary>
    private RouterWeights Weights(Random random)
    {
        var grams = PromptGrams.Of(_prompt);
        var words = Filled(grams.Words, Words, random);
        var pieces = Filled(grams.Pieces, Pieces, random);
        grams.Dispose();
        var rows = new float[(words.Length + pieces.Length) * 3];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = i % 3 == 0 ? 1 + random.NextSingle() : random.NextSingle() - 0.5f;
        var curve = new ScoreCurve([.. Enumerable.Range(0, 201).Select(i => 1 - (i / 100f))], new float[201]);
        return new RouterWeights
        {
            Models = ["strong", "weak"],
            Strong = 0,
            Weak = 1,
            Words = words,
            Pieces = pieces,
            Rows = rows,
            ShapeMeans = new float[4],
            ShapeDeviations = [1, 1, 1, 1],
            Shapes = new float[10],
            Tasks = ["task"],
            TaskLogits = [1, 0],
            WithoutTask = [new(0, 1, 0, 0), new(0, 1, 0, 0)],
            WithTask = [new(0, 1, 1, 0), new(0, 1, 1, 0)],
            CurveWithoutTask = curve,
            CurveWithTask = curve,
            MinKnownShare = 0.1f,
            DataDigest = "",
        };
    }

    private static uint[] Filled(ReadOnlySpan<uint> known, int count, Random random)
    {
        var hashes = new HashSet<uint>(known.ToArray());
        while (hashes.Count < count)
            hashes.Add((uint)random.NextInt64(uint.MaxValue));
        return [.. hashes.Order()];
    }
}
