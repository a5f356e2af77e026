using System.Security.Cryptography;
using Sluice.Core.Pricing;
using Sluice.Simulator.Caching;
using Sluice.Simulator.Logs;
using Sluice.Simulator.Models;
using Sluice.Simulator.Quotas;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>The world behind the simulator's door: models, caches, quotas, and what is written down.</summary>
internal sealed class Simulation : IDisposable
{
    private readonly ulong _seed;
    private long _requests;

    /// <exception cref="SimulatorStartException">An option can't be used.</exception>
    public Simulation(SimulatorOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        _seed = options.Seed is { } seed ? (uint)seed : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        Catalogue = new ModelCatalogue(options);
        Composer = new Composer(options, options.RecordingsPath is null ? Recordings.None : Recordings.Read(options.RecordingsPath));
        Caches = new PromptCache(options.MaxCachedPrefixes, time);
        Quotas = new TokenQuotas(options, time);
        Authentication = new Authentication(options, time);
        AsyncJobs = new AsyncJobs(options, time);
        Responses = new StoredResponses(time);
        Bill = new SimulatorBill(options.Prices ?? PriceBook.Default);
        Log = new RequestLog(options.LogPath, options.LogCapacity);
    }

    public SimulatorOptions Options { get; }

    public TimeProvider Time { get; }

    public ModelCatalogue Catalogue { get; }

    public Composer Composer { get; }

    public PromptCache Caches { get; }

    public TokenQuotas Quotas { get; }

    public Authentication Authentication { get; }

    public AsyncJobs AsyncJobs { get; }

    public StoredResponses Responses { get; }

    public SimulatorBill Bill { get; }

    public RequestLog Log { get; }

    public InFlight InFlight { get; } = new();

    /// <summary>The dice of the next request: its ids, padding and faults follow from the seed and its place in the sequence.</summary>
    public Dice NextDice() => new(Dice.Mix(_seed, (ulong)Interlocked.Increment(ref _requests)));

    /// <summary>As after the start: nothing cached, logged or billed, and the next request is the first.</summary>
    public void Reset()
    {
        Interlocked.Exchange(ref _requests, 0);
        Caches.Clear();
        Quotas.Clear();
        AsyncJobs.Clear();
        Responses.Clear();
        Bill.Clear();
        Log.Clear();
    }

    public void Dispose() => Log.Dispose();
}
