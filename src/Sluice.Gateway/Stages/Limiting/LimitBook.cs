using System.Collections.Concurrent;

namespace Sluice.Gateway.Stages.Limiting;

/// <summary>What was counted of each caller, and who waits. It outlives a reload of the settings.</summary>
public sealed class LimitBook : IDisposable
{
    /// <summary>Some 1.2 KB each. Tags may be anything that callers send; beyond it callers of a rule are counted together.</summary>
    private const int MaxCounters = 50_000;

    private static readonly LimitSubject Others = new("(others)", null, null, null);

    private readonly ConcurrentDictionary<(string Rule, LimitSubject Subject), LimitCounter> _counters = new();
    private readonly ConcurrentDictionary<string, FairQueue> _queues = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly long _began;
    private long _sweptAt = -1;

    public LimitBook(TimeProvider time) => (_time, _began) = (time, time.GetTimestamp());

    /// <summary>Calls that wait for a quota.</summary>
    public int Waiting => _queues.Values.Sum(q => q.Waiting);

    /// <summary>Whole seconds of a clock that never goes back.</summary>
    internal long Second => (long)_time.GetElapsedTime(_began).TotalSeconds;

    internal LimitCounter CounterOf(LimitRule rule, Invocation invocation, string? baseModel)
    {
        var counted = (rule.Name, SubjectOf(rule.Per, invocation, baseModel));
        if (_counters.TryGetValue(counted, out var known))
            return known;
        if (_counters.Count >= MaxCounters && !Sweep())
            counted = (rule.Name, Others);
        return _counters.GetOrAdd(counted, static _ => new LimitCounter());
    }

    internal FairQueue QueueOf(QuotaRule rule) => _queues.TryGetValue(rule.Name, out var queue) ? queue : _queues.GetOrAdd(rule.Name, _ => new FairQueue(_time));

    /// <summary>Whose calls are counted with this one's.</summary>
    internal static LimitSubject SubjectOf(LimitPer per, Invocation invocation, string? baseModel) => new(
        per.HasFlag(LimitPer.Key) ? invocation.Caller.KeyId ?? "(no key)" : null,
        per.HasFlag(LimitPer.App) ? invocation.Tags.GetValueOrDefault("app", "(no app)") : null,
        per.HasFlag(LimitPer.Team) ? invocation.Tags.GetValueOrDefault("team", "(no team)") : null,
        per.HasFlag(LimitPer.Model) ? baseModel ?? invocation.Request.Model!.Raw : null);

    public void Dispose()
    {
        foreach (var queue in _queues.Values)
            queue.Dispose();
    }

    /// <summary>Forgets callers of whom nothing is counted; at most once a second.</summary>
    private bool Sweep()
    {
        var now = Second;
        var before = Interlocked.Exchange(ref _sweptAt, now);
        if (before != now)
        {
            foreach (var (counted, counter) in _counters)
            {
                if (counter.IsIdle(now))
                    _counters.TryRemove(counted, out _);
            }
        }
        return _counters.Count < MaxCounters;
    }
}

/// <summary>Who is counted together: a value for each thing that the calls have to be alike in.</summary>
internal readonly record struct LimitSubject(string? Key, string? App, string? Team, string? Model)
{
    /// <summary>As people are told it.</summary>
    public override string ToString() => this == default ? "all calls" : string.Join(" with ", new[] { Key, App, Team, Model }.Where(part => part is not null));
}
