namespace Sluice.Gateway.Levers.SemanticRecall.Indexing;

/// <summary>Keeps the best few of what it is offered, in order, in the caller's memory.</summary>
internal ref struct NearestList(Span<Neighbour> room, float floor)
{
    private readonly Span<Neighbour> _room = room;

    public int Count { get; private set; }

    /// <summary>What another one must reach to be kept.</summary>
    public float Bar { get; private set; } = floor;

    public void Offer(int slot, float cosine)
    {
        if (cosine < Bar || _room.IsEmpty || (Count == _room.Length && cosine <= _room[^1].Cosine))
            return;
        var place = Count == _room.Length ? Count - 1 : Count++;
        for (; place > 0 && _room[place - 1].Cosine < cosine; place--)
            _room[place] = _room[place - 1];
        _room[place] = new Neighbour(slot, cosine);
        if (Count == _room.Length)
            Bar = Math.Max(Bar, _room[^1].Cosine);
    }
}
