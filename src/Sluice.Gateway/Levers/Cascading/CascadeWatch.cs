using System.Collections.Concurrent;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Routing;

namespace Sluice.Gateway.Levers.Cascading;

/// <summary>What one step of a cascade came to.</summary>
/// <param name="Calls">Answers that it gave.</param>
/// <param name="Rejected">Those that a check objected to.</param>
public sealed record CascadeStepShare(string Step, long Calls, long Rejected)
{
    /// <summary>Above this a step is more trouble than it saves (guide 001 names 25 to 30 %).</summary>
    public const double BrokenRate = 0.275;

    /// <summary>Fewer say little.</summary>
    private const long FewestCalls = 50;

    public double? RejectedShare => Calls == 0 ? null : (double)Rejected / Calls;

    /// <summary>So many of its answers go on to the next step that it should be another model, or none.</summary>
    public bool IsBroken => Calls >= FewestCalls && RejectedShare > BrokenRate;
}

/// <summary>What a route's cascade came to since the process began.</summary>
/// <param name="Cost">All attempts, judges included, of the calls whose cost is known.</param>
/// <param name="SingleCost">The same calls by the last step's model alone, at the counts of the served answers: an estimate.</param>
/// <param name="Unchecked">Streams that went out as they came.</param>
public sealed record CascadeShare(string Route, IReadOnlyList<CascadeStepShare> Steps, Money Cost, Money SingleCost, long Unchecked)
{
    /// <summary>It costs more than its last model alone would.</summary>
    public bool IsDearer => Cost > SingleCost;

    /// <summary>
    /// What the first step's model may cost at most, as a share of the last one's, for a cascade of two steps to save anything
    /// at the escalation rate that was seen: the cheap attempt is paid always, and the dear one whenever it is rejected.
    /// </summary>
    public double? BreakEvenPriceRatio => Steps.Count < 2 || Steps[0].RejectedShare is not { } rate ? null : 1 - rate;
}

/// <summary>Counts what cascades do, so that one that does not pay is seen. Thread-safe; as many counters as there are routes.</summary>
public sealed class CascadeWatch
{
    private readonly ConcurrentDictionary<string, Counts> _routes = new(StringComparer.Ordinal);

    public IReadOnlyList<CascadeShare> Shares => [.. _routes.Select(r => r.Value.Share(r.Key)).OrderBy(r => r.Route, StringComparer.Ordinal)];

    internal void Answered(CascadeRun run, bool isRejected) => Of(run).Answered(run.Step, isRejected);

    internal void Accepted(CascadeRun run) => Of(run).Accepted();

    /// <param name="single">What the last step's model alone would have cost; null where it is not known.</param>
    internal void Cost(CascadeRun run, InvocationRecord record, Money? single)
    {
        if (record.Cost is { } cost && single is { } alone)
            Of(run).Add(cost, alone);
    }

    private Counts Of(CascadeRun run) => _routes.GetOrAdd(run.Route.Name, static (_, route) => new Counts(route), run.Route);

    private sealed class Counts(ModelRoute route)
    {
        private readonly Lock _gate = new();
        private readonly long[] _calls = new long[route.Cascade!.Steps.Length];
        private readonly long[] _rejected = new long[route.Cascade!.Steps.Length];
        private Money _cost, _single;
        private long _unchecked;

        public void Answered(int step, bool isRejected)
        {
            // Past the last step it was no step's answer.
            if (step >= _calls.Length)
                return;
            lock (_gate)
            {
                _calls[step]++;
                _rejected[step] += isRejected ? 1 : 0;
            }
        }

        public void Accepted()
        {
            lock (_gate)
                _unchecked++;
        }

        public void Add(Money cost, Money single)
        {
            lock (_gate)
                (_cost, _single) = (_cost + cost, _single + single);
        }

        public CascadeShare Share(string name)
        {
            lock (_gate)
                return new CascadeShare(name, [.. route.Cascade!.Steps.Select((step, i) => new CascadeStepShare(step, _calls[i], _rejected[i]))], _cost, _single, _unchecked);
        }
    }
}
