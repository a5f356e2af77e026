namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// How often a sighting of each kind is followed by another of the same prefix within a lifetime. A sighting that is still
/// waiting counts as a failed trial as far as it has waited, so young counts are neither blind to failures nor blinded by
/// them. Not thread-safe.
/// </summary>
internal sealed class ReuseTable
{
    /// <summary>
    /// What a new partition assumes: most new prefixes never return, which is below what any write price asks for; those that
    /// returned once are about as likely as not to do it again. Both count as much as <see cref="PriorWeight"/> requests.
    /// </summary>
    private static readonly double PriorOfFresh = Knob.PF, PriorOfKnown = Knob.PK;

    /// <summary>That one which did not return soon does so within the hour; low, since an hour's price asks for more than half.</summary>
    private static readonly double PriorOfLater = Knob.PL;

    /// <summary>A kind leans on the coarser one with the weight of this many requests; few, since a kind has a handful of parents at most.</summary>
    private static readonly double PriorWeight = Knob.PW;

    /// <summary>Trials beyond which a kind's counts are halved, so that it follows traffic that changes.</summary>
    private static readonly double FullTrials = Knob.FULL;

    private readonly Horizon[] _soon = new Horizon[ReuseCells.Count];
    private readonly Horizon[] _later = new Horizon[ReuseCells.Count];

    /// <summary>Begins to wait for a sighting to be followed by another: soon, within the short lifetime, or later, from its end to the hour's.</summary>
    public void Begin(bool later, int cell, double weight, double fromSeconds)
    {
        var table = later ? _later : _soon;
        for (var i = cell; i >= 0; i = ReuseCells.Parent[i])
            table[i].Begin(weight, fromSeconds);
    }

    /// <summary>Counts what was begun as reused, or as a failure as far as it has waited, from 0 to 1.</summary>
    public void End(bool later, int cell, double weight, double fromSeconds, bool reused, double waited = 1)
    {
        var table = later ? _later : _soon;
        for (var i = cell; i >= 0; i = ReuseCells.Parent[i])
            table[i].End(weight, fromSeconds, reused, waited);
    }

    /// <summary>The chance that a sighting of this kind is followed by another soon; or later, where it was not soon.</summary>
    /// <param name="waitSeconds">How long that waits at most.</param>
    public double Chance(bool later, int cell, double nowSeconds, double waitSeconds)
    {
        return 1 - Math.Exp(-Rate(later ? _later : _soon, cell, later, nowSeconds, waitSeconds));
    }

    private static double Rate(Horizon[] table, int cell, bool later, double nowSeconds, double waitSeconds)
    {
        var parent = ReuseCells.Parent[cell];
        var prior = parent >= 0 ? Rate(table, parent, later, nowSeconds, waitSeconds)
            : later ? PriorOfLater : ReuseCells.IsFresh(cell) ? PriorOfFresh : PriorOfKnown;
        return table[cell].Rate(prior, nowSeconds, waitSeconds);
    }

    /// <summary>Requests that a chance rests on, those that still wait counted as far as they have.</summary>
    public double Trials(bool later, int cell, double nowSeconds, double waitSeconds) => (later ? _later : _soon)[cell].Trials(nowSeconds, waitSeconds);

    private struct Horizon
    {
        private double _trials, _reused, _waiting, _waitingSince;

        public void Begin(double weight, double fromSeconds)
        {
            _waiting += weight;
            _waitingSince += weight * fromSeconds;
        }

        public void End(double weight, double fromSeconds, bool reused, double waited)
        {
            _waiting -= weight;
            _waitingSince -= weight * fromSeconds;
            _trials += weight * waited;
            if (reused)
                _reused += weight;
            if (_trials > FullTrials)
            {
                _trials /= 2;
                _reused /= 2;
            }
        }

        public readonly double Trials(double nowSeconds, double waitSeconds) =>
            _trials + Knob.EXPO * Math.Max(0, ((_waiting * nowSeconds) - _waitingSince) / waitSeconds);

        public readonly double Rate(double prior, double nowSeconds, double waitSeconds) =>
            (_reused + (PriorWeight * prior)) / (Trials(nowSeconds, waitSeconds) + PriorWeight);
    }
}
