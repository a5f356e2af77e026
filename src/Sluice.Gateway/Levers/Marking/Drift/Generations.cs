namespace Sluice.Gateway.Levers.Marking.Drift;

/// <summary>What was seen lately, in two generations of bounded size: when the younger is full, the older is forgotten. Not thread-safe.</summary>
/// <param name="size">Entries of each generation.</param>
internal sealed class Generations<T>(int size)
{
    private Dictionary<ulong, T> _young = [], _old = [];

    public int Count => _young.Count + _old.Count;

    public bool TryGet(ulong key, out T value) => _young.TryGetValue(key, out value!) || _old.TryGetValue(key, out value!);

    public void Put(ulong key, T value)
    {
        if (_young.Count >= size && !_young.ContainsKey(key))
            (_young, _old) = ([], _young);
        _young[key] = value;
    }
}
