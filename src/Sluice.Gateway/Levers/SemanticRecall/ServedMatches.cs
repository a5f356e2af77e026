using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>Which entry the latest served calls were answered from, for complaints. Thread-safe.</summary>
internal sealed class ServedMatches
{
    private const int Max = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (SemanticMemory Memory, SemanticMatch Match)> _byCall = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public void Add(string invocationId, SemanticMemory memory, SemanticMatch match)
    {
        lock (_gate)
        {
            if (_byCall.TryAdd(invocationId, (memory, match)))
                _order.Enqueue(invocationId);
            if (_order.Count > Max)
                _byCall.Remove(_order.Dequeue());
        }
    }

    public bool TryTake(string invocationId, out (SemanticMemory Memory, SemanticMatch Match) served)
    {
        lock (_gate)
            return _byCall.Remove(invocationId, out served);
    }
}
