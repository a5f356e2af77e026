using BenchmarkDotNet.Attributes;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Benchmarks.Pricing;

[MemoryDiagnoser]
public class PriceBookBenchmarks
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly PriceIdentity Identity = new() { Model = "anthropic.claude-haiku-4-5-20251001-v1:0", Region = "eu-west-1", Profile = "eu" };

    private readonly Usage _usage = new() { Input = 412, CacheRead = 8_000, CacheWrite5m = 1_024, Output = 400 };
    private readonly PriceBook _book = PriceBook.Default;
    private int _day;

    /// <summary>What each call pays: the prices of its identity and day are already at hand.</summary>
    [Benchmark(Baseline = true)]
    public Cost Price() => _book.Price(Identity, _usage, Noon);

    /// <summary>What the first call of a day pays: the prices are looked up in the whole book.</summary>
    [Benchmark]
    public Cost PriceOnAnotherDay() => _book.Price(Identity, _usage, Noon.AddDays(++_day % 100_000));
}
