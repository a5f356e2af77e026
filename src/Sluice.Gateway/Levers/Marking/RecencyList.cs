namespace Sluice.Gateway.Levers.Marking;

/// <summary>Entries in the order of their last sighting, linked through the entries themselves.</summary>
internal struct RecencyList
{
    private const int None = -1;

    /// <summary>The first entries that were not yet passed when looking for those that wait; all older ones were.</summary>
    private int _nextSoon, _nextLater;

    public static RecencyList Empty => new() { Oldest = None, Newest = None, _nextSoon = None, _nextLater = None };

    public int Oldest { get; private set; }

    public int Newest { get; private set; }

    public int Count { get; private set; }

    public void Append(PrefixEntry[] entries, int index)
    {
        ref var entry = ref entries[index];
        entry.Older = Newest;
        entry.Newer = None;
        if (Newest == None)
            Oldest = index;
        else
            entries[Newest].Newer = index;
        Newest = index;
        if (_nextSoon == None)
            _nextSoon = index;
        if (_nextLater == None)
            _nextLater = index;
        Count++;
    }

    public void Remove(PrefixEntry[] entries, int index)
    {
        ref var entry = ref entries[index];
        if (_nextSoon == index)
            _nextSoon = entry.Newer;
        if (_nextLater == index)
            _nextLater = entry.Newer;
        if (entry.Older == None)
            Oldest = entry.Newer;
        else
            entries[entry.Older].Newer = entry.Newer;
        if (entry.Newer == None)
            Newest = entry.Older;
        else
            entries[entry.Newer].Older = entry.Older;
        Count--;
    }

    public int NextWaiting(PrefixEntry[] entries, PrefixStates state, long seenBeforeMs)
    {
        ref var next = ref _nextLater;
        if (state == PrefixStates.WaitsSoon)
            next = ref _nextSoon;
        while (next != None && entries[next].SeenAtMs < seenBeforeMs)
        {
            var index = next;
            next = entries[index].Newer;
            if (entries[index].Has(state))
                return index;
        }
        return None;
    }
}
