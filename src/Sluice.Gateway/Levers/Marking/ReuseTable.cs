namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// How often a sighting of each kind is followed by another of the same prefix within the short lifetime. What is counted is
/// returns by time waited, in lifetimes, so that sightings which still wait count for as long as they have: young counts are
/// neither blind to failures nor blinded by them. Each kind's rate leans on that of the coarser kind (a Gamma-Poisson
/// estimate), so that one that was seldom seen says little. Not thread-safe.
/// </summary>
internal sealed class ReuseTable
{
    /// <summary>
    /// Returns in one lifetime that a new partition assumes. Chosen, not measured: most new prefixes never return, and 0.15 lies
    /// below what any write price asks for, so nothing is written before something has returned; one that returned is about as
    /// likely as not to do it again.
    /// </summary>
    public const double PriorOfFresh = 0.15, PriorOfKnown = 0.4;

    /// <summary>
    /// Lifetimes of waiting that the coarser kind's rate counts as much as: a handful of requests. Between 4 and 20 the recorded
    /// traces cost the same within 0.5 %.
    /// </summary>
    private const double PriorWeight = 8;

    /// <summary>
    /// The least of it. In its first lifetime a partition can't have waited for long, however many requests it had, so until
    /// then the weight is what it has seen of a lifetime. Without this, traffic of a minute costs 7 % more than writing always.
    /// </summary>
    private const double YoungestPriorWeight = 0.8;

    /// <summary>Lifetimes waited beyond which a kind's counts are halved, so that it follows traffic that changes.</summary>
    private const double FullWaits = 2_000;

    private readonly Kind[] _kinds = new Kind[ReuseCells.Count];

    /// <summary>Begins to wait for a sighting to be followed by another.</summary>
    public void Begin(int cell, double weight, double atSeconds)
    {
        for (var i = cell; i >= 0; i = ReuseCells.Parent[i])
            _kinds[i].Begin(weight, atSeconds);
    }

    /// <summary>Ends the wait that was begun, after a part of the lifetime from 0 to 1.</summary>
    public void End(int cell, double weight, double begunAtSeconds, bool reused, double waited)
    {
        for (var i = cell; i >= 0; i = ReuseCells.Parent[i])
            _kinds[i].End(weight, begunAtSeconds, reused, waited);
    }

    /// <summary>The chance that a sighting of this kind is followed by another within the lifetime.</summary>
    /// <param name="cell">The kind.</param>
    /// <param name="nowSeconds">Since the partition's first call.</param>
    /// <param name="lifetimeSeconds">The short one.</param>
    public double Chance(int cell, double nowSeconds, double lifetimeSeconds) => 1 - Math.Exp(-Rate(cell, nowSeconds, lifetimeSeconds));

    private double Rate(int cell, double nowSeconds, double lifetimeSeconds)
    {
        var parent = ReuseCells.Parent[cell];
        var prior = parent >= 0 ? Rate(parent, nowSeconds, lifetimeSeconds) : ReuseCells.IsFresh(cell) ? PriorOfFresh : PriorOfKnown;
        return _kinds[cell].Rate(prior, nowSeconds, lifetimeSeconds);
    }

    private struct Kind
    {
        private double _waited, _reused, _waiting, _waitingSince;

        public void Begin(double weight, double atSeconds)
        {
            _waiting += weight;
            _waitingSince += weight * atSeconds;
        }

        public void End(double weight, double atSeconds, bool reused, double waited)
        {
            _waiting -= weight;
            _waitingSince -= weight * atSeconds;
            _waited += weight * waited;
            if (reused)
                _reused += weight;
            if (_waited > FullWaits)
            {
                _waited /= 2;
                _reused /= 2;
            }
        }

        public readonly double Rate(double prior, double nowSeconds, double lifetimeSeconds)
        {
            var waiting = Math.Max(0, ((_waiting * nowSeconds) - _waitingSince) / lifetimeSeconds);
            var weight = Math.Clamp(PriorWeight * nowSeconds / lifetimeSeconds, YoungestPriorWeight, PriorWeight);
            return (_reused + (weight * prior)) / (_waited + waiting + weight);
        }
    }
}
