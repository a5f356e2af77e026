using System.Collections.Concurrent;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Routing;

/// <summary>Where a route's calls went since a moment.</summary>
/// <param name="Calls">By candidate's name; empty for the model that the caller asked for.</param>
/// <param name="Scores">Calls by the share of training prompts that are harder, in tenths: a tenth each while traffic is as it was in training.</param>
/// <param name="Unknown">Calls of which the trained model knew too little.</param>
public sealed record RouteShare(string Route, IReadOnlyDictionary<string, long> Calls, IReadOnlyList<long> Scores, long Unknown)
{
    /// <summary>What AWS's prompt routers among the candidates came to; null where none has served.</summary>
    public PromptRouterShare? PromptRouter { get; init; }

    /// <summary>
    /// The population stability index of the scores against training: below 0.1 traffic is as it was, above 0.25 it has changed
    /// enough that the router should be trained again (the usual reading of the index). Null for too few scores.
    /// </summary>
    public double? Drift
    {
        get
        {
            var total = Scores.Sum();
            if (total < 200)
                return null;
            var expected = 1.0 / Scores.Count;
            return Scores.Sum(count =>
            {
                // Half a call in an empty class keeps the logarithm finite.
                var share = Math.Max(0.5, count) / total;
                return (share - expected) * Math.Log(share / expected);
            });
        }
    }
}

/// <summary>What AWS's prompt routers chose, beside what the route itself would have chosen for the same calls.</summary>
/// <param name="Calls">Those whose cost is known both ways.</param>
/// <param name="Agreed">Of these, where both chose the same model.</param>
/// <param name="Cost">What was paid, the fee included.</param>
/// <param name="OwnCost">The own choices at the same counts, without the fee: an estimate.</param>
public sealed record PromptRouterShare(long Calls, long Agreed, Money Cost, Money OwnCost);

/// <summary>Counts where routes send their calls, so that a drift shows. Thread-safe; as many counters as there are routes and candidates.</summary>
public sealed class RouteWatch
{
    private readonly ConcurrentDictionary<string, Counts> _routes = new(StringComparer.Ordinal);

    public IReadOnlyList<RouteShare> Shares => [.. _routes.Select(r => r.Value.Share(r.Key)).OrderBy(r => r.Route, StringComparer.Ordinal)];

    internal void Note(ModelRoute route, RouteChoice choice) => _routes.GetOrAdd(route.Name, _ => new Counts()).Add(choice);

    internal void Compare(ModelRoute route, bool isSame, Money cost, Money ownCost) => _routes.GetOrAdd(route.Name, _ => new Counts()).Add(isSame, cost, ownCost);

    private sealed class Counts
    {
        private readonly Lock _gate = new();
        private PromptRouterShare? _promptRouter;

        private readonly ConcurrentDictionary<string, long> _calls = new(StringComparer.Ordinal);
        private readonly long[] _scores = new long[10];
        private long _unknown;

        public void Add(RouteChoice choice)
        {
            _calls.AddOrUpdate(choice.Candidate?.Name ?? "", 1, static (_, count) => count + 1);
            if (choice.Score is { IsKnown: false })
                Interlocked.Increment(ref _unknown);
            else if (choice.Score is { } score)
                Interlocked.Increment(ref _scores[Math.Clamp((int)(score.StrongShare * 10), 0, 9)]);
        }

        public void Add(bool isSame, Money cost, Money ownCost)
        {
            lock (_gate)
            {
                var sum = _promptRouter ?? new PromptRouterShare(0, 0, Money.Zero, Money.Zero);
                _promptRouter = new PromptRouterShare(sum.Calls + 1, sum.Agreed + (isSame ? 1 : 0), sum.Cost + cost, sum.OwnCost + ownCost);
            }
        }

        public RouteShare Share(string route)
        {
            PromptRouterShare? promptRouter;
            lock (_gate)
                promptRouter = _promptRouter;
            return new(route, new SortedDictionary<string, long>(_calls, StringComparer.Ordinal), [.. _scores.Select((_, i) => Volatile.Read(ref _scores[i]))], Interlocked.Read(ref _unknown))
            {
                PromptRouter = promptRouter,
            };
        }
    }
}
