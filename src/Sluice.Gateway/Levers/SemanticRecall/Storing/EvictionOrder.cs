using System.Diagnostics.CodeAnalysis;

namespace Sluice.Gateway.Levers.SemanticRecall.Storing;

/// <summary>
/// Which entry is worth least: the saving of a hit times how often it was hit, for each byte, and less the longer ago (the
/// greedy-dual rule with size and frequency, Cherkasova 1998). An entry without a known saving counts as a small one.
/// </summary>
internal sealed class EvictionOrder
{
    private const double SmallestSavingUsd = 1e-6;

    private readonly PriorityQueue<StoredQuestion, double> _queue = new();
    private readonly HashSet<long> _alive = [];
    private double _age;

    public void Touch(StoredQuestion entry)
    {
        // A ranking, not an account, so binary fractions will do.
        entry.Priority = _age + ((1 + entry.Hits) * Math.Max((double)entry.Saving.Usd, SmallestSavingUsd) / entry.Bytes);
        _alive.Add(entry.Id);
        _queue.Enqueue(entry, entry.Priority);
        if (_queue.Count > 64 + (4 * _alive.Count))
            Rebuild();
    }

    public void Forget(StoredQuestion entry) => _alive.Remove(entry.Id);

    public bool TryTake([NotNullWhen(true)] out StoredQuestion? least)
    {
        while (_queue.TryDequeue(out least, out var priority))
        {
            if (!_alive.Contains(least.Id) || priority < least.Priority)
                continue;
            _age = priority;
            return true;
        }
        return false;
    }

    private void Rebuild()
    {
        var valid = _queue.UnorderedItems.Where(item => _alive.Contains(item.Element.Id) && item.Priority >= item.Element.Priority).ToList();
        _queue.Clear();
        _queue.EnqueueRange(valid);
    }
}
