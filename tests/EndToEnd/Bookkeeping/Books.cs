using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.Bookkeeping;

/// <summary>
/// Holds the gateway's ledger against what the simulator saw and billed. The two are tied by the simulator's request id, and
/// where no reply told it, by the invocation's id, which the gateway sends as <c>amz-sdk-invocation-id</c>.
/// </summary>
internal sealed class Books
{
    private readonly Dictionary<string, LedgerEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<SimulatedRequest>> _seen;
    private readonly List<string> _faults = [];

    public Books(IEnumerable<LedgerEntry> ledger, IEnumerable<SimulatedRequest> seen)
    {
        foreach (var entry in ledger)
        {
            if (!_entries.TryAdd(entry.InvocationId, entry))
                _faults.Add($"invocation {entry.InvocationId} is in the ledger twice");
        }
        _seen = seen.GroupBy(r => r.SdkInvocationId ?? "").ToDictionary(g => g.Key, g => g.ToList());
        Compare();
    }

    public int Invocations => _entries.Count;

    public int Requests => _seen.Values.Sum(r => r.Count);

    /// <summary>Requests whose five counts were compared and are the same on both sides.</summary>
    public int EqualCounts { get; private set; }

    public decimal MeasuredUsd { get; private set; }

    public int EstimatedAttempts { get; private set; }

    public decimal EstimatedUsd { get; private set; }

    /// <summary>Attempts of which the ledger knows no usage.</summary>
    public int UnknownAttempts { get; private set; }

    public IReadOnlyDictionary<string, int> Outcomes =>
        _entries.Values.GroupBy(e => e.Outcome).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count());

    public IReadOnlyDictionary<string, int> SeenOutcomes =>
        _seen.Values.SelectMany(r => r).GroupBy(r => r.Outcome.ToString()).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count());

    public void AssertAgree() => Assert.True(_faults.Count == 0, $"{_faults.Count} differences, the first of them:\n{string.Join('\n', _faults.Take(20))}");

    public override string ToString() =>
        $"{Invocations} invocations ({string.Join(", ", Outcomes.Select(o => $"{o.Value} {o.Key}"))}); "
        + $"{Requests} requests seen ({string.Join(", ", SeenOutcomes.Select(o => $"{o.Value} {o.Key}"))}); "
        + $"{EqualCounts} with equal counts; measured ${MeasuredUsd}; {EstimatedAttempts} attempts estimated at ${EstimatedUsd}; {UnknownAttempts} unknown";

    private void Compare()
    {
        foreach (var (invocation, requests) in _seen)
        {
            if (_entries.TryGetValue(invocation, out var entry))
                Compare(entry, requests);
            else
                _faults.Add($"the simulator saw {requests.Count} requests of invocation '{invocation}' ({requests[0].Operation}, {requests[0].Outcome}), which the ledger does not have");
        }
        foreach (var attempt in _entries.Values.SelectMany(e => e.Attempts))
        {
            if (attempt.UsageSource == "measured")
                MeasuredUsd += attempt.CostUsd ?? 0;
            else if (attempt.UsageSource == "estimated")
                (EstimatedAttempts, EstimatedUsd) = (EstimatedAttempts + 1, EstimatedUsd + (attempt.CostUsd ?? 0));
            else
                UnknownAttempts++;
        }
        foreach (var entry in _entries.Values.Where(e => !_seen.ContainsKey(e.InvocationId)))
        {
            // What was answered must have been seen; what was interrupted or got no reply may never have arrived.
            if (entry.Attempts.Any(a => a.RequestId is not null))
                _faults.Add($"invocation {entry.InvocationId} has a reply in the ledger, but the simulator never saw it");
        }
    }

    private void Compare(LedgerEntry entry, List<SimulatedRequest> requests)
    {
        if (requests.Count > entry.Attempts.Count)
            _faults.Add($"the simulator saw {requests.Count} requests of invocation {entry.InvocationId}, of which the ledger has {entry.Attempts.Count} attempts");
        var byId = entry.Attempts.Where(a => a.RequestId is not null).ToLookup(a => a.RequestId!);
        foreach (var request in requests)
        {
            var attempts = byId[request.RequestId].ToList();
            if (attempts.Count > 1)
                _faults.Add($"request {request.RequestId} is in the ledger {attempts.Count} times");
            foreach (var attempt in attempts)
                Compare(entry, request, attempt);
        }
        foreach (var unknown in byId.Where(a => !requests.Exists(r => r.RequestId == a.Key)))
            _faults.Add($"invocation {entry.InvocationId} has an attempt {unknown.Key}, which the simulator never saw");
        if (entry.Attempts.Count > requests.Count && entry.Outcome == "completed" && entry.Attempts.All(a => a.Status == 200))
            _faults.Add($"invocation {entry.InvocationId} has {entry.Attempts.Count} attempts, of which the simulator saw {requests.Count}");
    }

    private void Compare(LedgerEntry entry, SimulatedRequest request, LedgerAttempt attempt)
    {
        var billed = new Counts(request.Input, request.CacheRead, request.CacheWrite5m, request.CacheWrite1h, request.Output);
        if (attempt.Counts == billed && attempt.UsageSource == "measured")
            EqualCounts++;
        else if (attempt.UsageSource == "measured" || attempt.Outcome == "completed")
            _faults.Add($"invocation {entry.InvocationId} ({entry.Operation} {entry.RequestedModel}, {attempt.Outcome}): the ledger has {attempt.Counts} {attempt.UsageSource}, the bill {billed} ({request.Outcome})");
    }
}
