using System.Collections.Concurrent;

namespace Sluice.Gateway.Stages.Limiting;

/// <summary>What was counted of each caller, and who waits. It outlives a reload of the settings.</summary>
public sealed class LimitBook : IDisposable
{
    /// <summary>Some 1.2 KB each. Tags may be anything that callers send; beyond it callers of a rule are counted together.</summary>
    private const int MaxCounters = 50_000;

    private const string Others = "(others)";

    private readonly ConcurrentDictionary<Subject, LimitCounter> _counters = new();
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
        var (first, second) = SubjectOf(rule.Per, invocation, baseModel);
        var subject = new Subject(rule.Name, first, second);
        if (_counters.TryGetValue(subject, out var known))
            return known;
        if (_counters.Count >= MaxCounters && !Sweep())
            subject = new Subject(rule.Name, Others, null);
        return _counters.GetOrAdd(subject, static _ => new LimitCounter());
    }

    internal FairQueue QueueOf(QuotaRule rule) => _queues.TryGetValue(rule.Name, out var queue) ? queue : _queues.GetOrAdd(rule.Name, _ => new FairQueue(_time));

    /// <summary>Whose calls are counted with this one's.</summary>
    internal static (string First, string? Second) SubjectOf(LimitPer per, Invocation invocation, string? baseModel) => per switch
    {
        LimitPer.Key => (KeyOf(invocation), null),
        LimitPer.App => (invocation.Tags.GetValueOrDefault("app", "(no app)"), null),
        LimitPer.Team => (invocation.Tags.GetValueOrDefault("team", "(no team)"), null),
        LimitPer.Model => (ModelOf(invocation, baseModel), null),
        LimitPer.KeyAndModel => (KeyOf(invocation), ModelOf(invocation, baseModel)),
        _ => ("all calls", null),
    };

    public void Dispose()
    {
        foreach (var queue in _queues.Values)
            queue.Dispose();
    }

    private static string KeyOf(Invocation invocation) => invocation.Caller.KeyId ?? "(no key)";

    private static string ModelOf(Invocation invocation, string? baseModel) => baseModel ?? invocation.Request.Model!.Raw;

    /// <summary>Forgets callers of whom nothing is counted; at most once a second.</summary>
    private bool Sweep()
    {
        var now = Second;
        var before = Interlocked.Exchange(ref _sweptAt, now);
        if (before != now)
        {
            foreach (var (subject, counter) in _counters)
            {
                if (counter.IsIdle(now))
                    _counters.TryRemove(subject, out _);
            }
        }
        return _counters.Count < MaxCounters;
    }

    private readonly record struct Subject(string Rule, string First, string? Second);
}
