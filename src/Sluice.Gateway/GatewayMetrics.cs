using System.Diagnostics.Metrics;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Gateway;

/// <summary>What the gateway counts, under one meter. Labels are few and bounded; who spent what is the ledger's to say.</summary>
public sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Sluice";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _invocations;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _costUsd;
    private readonly Counter<long> _unpriced;
    private readonly Counter<long> _unrecorded;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _notKept;
    private readonly Counter<long> _notSampled;
    private readonly Counter<long> _limitThrottled;
    private readonly Histogram<double> _limitWait;
    private readonly Histogram<double> _duration;

    public GatewayMetrics()
    {
        _invocations = _meter.CreateCounter<long>("sluice.invocations", "{invocation}", "Calls that ended, by operation and outcome.");
        _attempts = _meter.CreateCounter<long>("sluice.attempts", "{attempt}", "Requests that reached an upstream, by upstream.");
        _tokens = _meter.CreateCounter<long>("sluice.tokens", "{token}", "Tokens by kind.");
        _costUsd = _meter.CreateCounter<double>("sluice.cost", "USD", "Cost of priced calls; a rounded view of the ledger, which is exact.");
        _unpriced = _meter.CreateCounter<long>("sluice.unpriced", "{invocation}", "Calls whose cost is not known.");
        _unrecorded = _meter.CreateCounter<long>("sluice.unrecorded", "{invocation}", "Calls that went on without an intent in the ledger.");
        _notKept = _meter.CreateCounter<long>("sluice.not_kept", "{invocation}", "Calls that are missing from the recording of bodies.");
        _notSampled = _meter.CreateCounter<long>("sluice.not_sampled", "{invocation}", "Quality samples that were left out because too many were under way.");
        _limitThrottled = _meter.CreateCounter<long>("sluice.limit_throttled", "{attempt}", "Attempts that a limit or quota of the gateway refused, by its name and by what it counts.");
        _limitWait = _meter.CreateHistogram<double>("sluice.limit_wait", "s", "How long attempts waited for their turn at a quota, of those that had to.");
        _duration = _meter.CreateHistogram<double>("sluice.duration", "s", "From a call's arrival to the end of its reply.");
    }

    /// <summary>Watches a value that something else keeps.</summary>
    public void Observe(string name, string unit, string description, Func<double> value) =>
        _meter.CreateObservableGauge(name, value, unit, description);

    /// <summary>Watches a count that something else keeps, and that only grows.</summary>
    public void ObserveCount(string name, string unit, string description, Func<double> value) =>
        _meter.CreateObservableCounter(name, value, unit, description);

    public void Ended(InvocationRecord record)
    {
        _invocations.Add(1, new("operation", record.Operation.Name()), new("outcome", record.Outcome.Name()));
        foreach (var attempt in record.Attempts)
            _attempts.Add(1, new KeyValuePair<string, object?>("upstream", attempt.Upstream));
        if (record.Usage is { } usage)
        {
            for (var kind = UsageKind.Input; kind <= UsageKind.Output; kind++)
            {
                if (usage.Count(kind) is > 0 and var count)
                    _tokens.Add((long)count, new KeyValuePair<string, object?>("kind", kind.Name()));
            }
        }
        if (record.Cost is { } cost)
            _costUsd.Add((double)cost.Usd);
        else
            _unpriced.Add(1);
        if (record.DurationMs is { } duration)
            _duration.Record(duration / 1000, new KeyValuePair<string, object?>("operation", record.Operation.Name()));
    }

    public void Unrecorded() => _unrecorded.Add(1);

    public void NotKept(long calls) => _notKept.Add(calls);

    public void NotSampled() => _notSampled.Add(1);

    public void LimitThrottled(string limit, string kind) => _limitThrottled.Add(1, new("limit", limit), new("kind", kind));

    public void LimitWaited(string limit, TimeSpan waited) => _limitWait.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("limit", limit));

    public void Dispose() => _meter.Dispose();
}
