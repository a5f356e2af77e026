using Sluice.Gateway.Levers.SemanticRecall.Calibrating;

namespace Sluice.Gateway.Levers.SemanticRecall.Bounding;

/// <summary>
/// Keeps the share of wrong answers at or below a bound, by what the traffic itself shows: whenever a call
/// goes upstream although something lay near, its answer tells whether the near one would have been right. Deterministic for a
/// seed and an order of calls. Not thread-safe.
/// </summary>
/// <remarks>
/// The idea of deciding by observed rightness rather than by a fixed cosine, and of an own bar for each entry, is vCache's
/// (arXiv 2502.03771). Its bound is on all calls; here the default is the stricter one on the answers that are served.
/// </remarks>
/// <param name="calibration">Null for an embedder without one.</param>
public sealed class ErrorBound(ErrorBoundOptions options, Calibration? calibration, int seed)
{
    /// <summary>
    /// A calibration is believed once so many of the tenant's own matches bear it out. On pairs a threshold of 90 % precision was
    /// seen to be wrong for half of its matches in a cache, where the nearest of thousands is met.
    /// </summary>
    private const int ConfirmingLabels = 50;

    /// <summary>
    /// What labels prove of the past is aimed at this part of the bound: matches grow worse while entries grow more. Without it a
    /// stream of 50,000 questions ended at 5.4 % where 5 % was asked for.
    /// </summary>
    private const double Aim = 0.8;

    private readonly Random _random = new(seed);
    private readonly Queue<BoundLabel> _labels = new();
    private int _newLabels;

    /// <summary>The score from which on matches are served now; infinity while nothing is.</summary>
    public double Threshold { get; private set; } = double.PositiveInfinity;

    /// <summary>Of the matches that would have been served and were asked upstream instead: a random sample of what is served.</summary>
    public int Explored { get; private set; }

    /// <summary>How many of them would have been wrong.</summary>
    public int ExploredWrong { get; private set; }

    /// <summary>How many answers that were served a caller has called wrong since. They are no sample, so they are in no rate.</summary>
    public int Complaints { get; private set; }

    /// <summary>How many were looked up.</summary>
    public long Calls { get; private set; }

    /// <summary>How many matches were found good enough and given, or in shadow would have been.</summary>
    public long Served { get; private set; }

    public WilsonInterval FalseHitRate => WilsonInterval.Of(ExploredWrong, Explored);

    /// <summary>A call was looked up, whatever came of it.</summary>
    public void Count() => Calls++;

    public BoundDecision Decide(double score, EntryTrust entry)
    {
        if (score < Threshold || !entry.Trusts(score))
            return BoundDecision.Ask;
        if (_random.NextDouble() < options.ExplorationShare)
            return BoundDecision.Explore;
        Served++;
        return BoundDecision.Serve;
    }

    /// <summary>What the fresh answer showed of a match that was not served.</summary>
    /// <param name="seesAll">Nothing is served, so that every match tells, and none stands for others.</param>
    /// <returns>What is now known of the entry.</returns>
    public EntryTrust Learn(double score, BoundDecision decision, bool isRight, EntryTrust entry, bool seesAll = false)
    {
        if (decision != BoundDecision.Ask)
        {
            Explored++;
            ExploredWrong += isRight ? 0 : 1;
        }
        // A match that is mostly served is seen only now and then, and stands for all those that were not seen.
        Keep(new(score, isRight, decision == BoundDecision.Explore && !seesAll ? 1 / options.ExplorationShare : 1, Calls), isUrgent: false);
        return entry.With(score, isRight);
    }

    /// <summary>What a caller says of an answer that was served. A complaint counts at once.</summary>
    /// <returns>What is now known of the entry.</returns>
    public EntryTrust Hear(double score, bool isRight, EntryTrust entry)
    {
        Complaints += isRight ? 0 : 1;
        Keep(new(score, isRight, 1, Calls), isUrgent: !isRight);
        return entry.With(score, isRight);
    }

    /// <summary>What was learned, to be kept over a restart.</summary>
    public BoundSnapshot Snapshot() => new(Calls, Served, Explored, ExploredWrong, Complaints, [.. _labels]);

    /// <summary>Takes up what was learned before.</summary>
    public void Restore(BoundSnapshot snapshot)
    {
        (Calls, Served, Explored, ExploredWrong, Complaints) = (snapshot.Calls, snapshot.Served, snapshot.Explored, snapshot.ExploredWrong, snapshot.Complaints);
        _labels.Clear();
        foreach (var label in snapshot.Labels.TakeLast(options.MaxLabels))
            _labels.Enqueue(label);
        if (_labels.Count >= options.LabelsBetweenFits)
            Fit();
    }

    private void Keep(BoundLabel label, bool isUrgent)
    {
        _labels.Enqueue(label);
        if (_labels.Count > options.MaxLabels)
            _labels.Dequeue();
        if (++_newLabels < options.LabelsBetweenFits && !isUrgent)
            return;
        _newLabels = 0;
        Fit();
    }

    /// <summary>
    /// The lowest threshold above which the labels prove the bound; without one, that of a calibration which they bear out. An
    /// embedder that was never calibrated serves nothing, whatever the labels say.
    /// </summary>
    private void Fit()
    {
        Threshold = double.PositiveInfinity;
        if (calibration is null)
            return;
        if (IsBorneOut(calibration))
            Threshold = calibration.Threshold;
        var calls = Calls - _labels.Peek().Call + 1;
        var (sum, squares, wrong) = (0.0, 0.0, 0.0);
        var sorted = _labels.OrderByDescending(l => l.Score).ToList();
        for (var i = 0; i < sorted.Count; i++)
        {
            var (score, isRight, weight, _) = sorted[i];
            (sum, squares, wrong) = (sum + weight, squares + (weight * weight), wrong + (isRight ? 0 : weight));
            if (i + 1 < sorted.Count && sorted[i + 1].Score == score)
                continue;
            // Weights make a sample worth as much as a smaller one without.
            var worth = sum / squares;
            var of = options.Basis == ErrorBasis.Calls ? Math.Max(calls, sum) : sum;
            if (WilsonInterval.Of(wrong * worth, of * worth, WilsonInterval.OneSided95).High <= Aim * options.MaxErrorShare)
                Threshold = score;
        }
    }

    private bool IsBorneOut(Calibration calibration)
    {
        if (calibration.TargetPrecision < 1 - options.MaxErrorShare)
            return false;
        var above = _labels.Where(l => l.Score >= calibration.Threshold).ToList();
        return above.Count >= ConfirmingLabels && above.Count(l => !l.IsRight) <= options.MaxErrorShare * above.Count;
    }
}

/// <summary>What is done with a match.</summary>
public enum BoundDecision
{
    /// <summary>Not sure enough; the fresh answer is a label at no cost.</summary>
    Ask,

    /// <summary>Sure enough, yet asked, to measure.</summary>
    Explore,

    /// <summary>The stored answer is given.</summary>
    Serve,
}
