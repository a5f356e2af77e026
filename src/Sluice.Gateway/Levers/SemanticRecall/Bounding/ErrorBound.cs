using Sluice.Gateway.Levers.SemanticRecall.Calibrating;

namespace Sluice.Gateway.Levers.SemanticRecall.Bounding;

/// <summary>
/// Keeps the share of wrong answers among those served at or below a bound, by what the traffic itself shows: whenever a call
/// goes upstream although something lay near, its answer tells whether the near one would have been right. Deterministic for a
/// seed and an order of calls. Not thread-safe.
/// </summary>
/// <remarks>
/// The idea of deciding by observed rightness rather than by a fixed cosine, and of an own bar for each entry, is vCache's
/// (arXiv 2502.03771). Here the bound is on the answers that are served, not on all calls, which is stricter.
/// </remarks>
public sealed class ErrorBound(ErrorBoundOptions options, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Queue<Label> _labels = new();
    private int _newLabels;
    private double? _ownThreshold;
    private bool _isCalibrationRefuted;

    /// <summary>The score from which on matches are served now; infinity while nothing is.</summary>
    public double Threshold { get; private set; } = double.PositiveInfinity;

    /// <summary>Of the matches that would have been served and were asked upstream instead: a random sample of what is served.</summary>
    public int Explored { get; private set; }

    /// <summary>How many of them would have been wrong.</summary>
    public int ExploredWrong { get; private set; }

    public WilsonInterval FalseHitRate => WilsonInterval.Of(ExploredWrong, Explored);

    /// <param name="calibration">Serves until the traffic's own labels suffice, if it was made for the bound; null without one.</param>
    public BoundDecision Decide(double score, EntryTrust entry, Calibration? calibration)
    {
        Threshold = _ownThreshold ?? (calibration is not null && !_isCalibrationRefuted && calibration.TargetPrecision >= 1 - options.MaxErrorShare ? calibration.Threshold : double.PositiveInfinity);
        if (score < Threshold || !entry.Trusts(score))
            return BoundDecision.Ask;
        return _random.NextDouble() < options.ExplorationShare ? BoundDecision.Explore : BoundDecision.Serve;
    }

    /// <summary>What the fresh answer showed of a match that was not served.</summary>
    /// <returns>What is now known of the entry.</returns>
    public EntryTrust Learn(double score, BoundDecision decision, bool isRight, EntryTrust entry)
    {
        if (decision == BoundDecision.Explore)
        {
            Explored++;
            ExploredWrong += isRight ? 0 : 1;
        }
        // A match that is mostly served is seen only now and then, and stands for all those that were not seen.
        _labels.Enqueue(new(score, isRight, decision == BoundDecision.Explore ? 1 / options.ExplorationShare : 1));
        if (_labels.Count > options.MaxLabels)
            _labels.Dequeue();
        if (++_newLabels >= options.LabelsBetweenFits)
        {
            _newLabels = 0;
            Fit();
        }
        return entry.With(score, isRight);
    }

    /// <summary>The lowest threshold above which the labels prove the bound.</summary>
    private void Fit()
    {
        _ownThreshold = null;
        var (sum, squares, wrong) = (0.0, 0.0, 0.0);
        var sorted = _labels.OrderByDescending(l => l.Score).ToList();
        for (var i = 0; i < sorted.Count; i++)
        {
            var (score, isRight, weight) = sorted[i];
            (sum, squares, wrong) = (sum + weight, squares + (weight * weight), wrong + (isRight ? 0 : weight));
            if (i + 1 < sorted.Count && sorted[i + 1].Score == score)
                continue;
            // Weights make a sample worth as much as a smaller one without.
            var size = sum * sum / squares;
            if (WilsonInterval.Of(wrong / sum * size, size, WilsonInterval.OneSided95).High <= options.MaxErrorShare)
                _ownThreshold = score;
        }
        var explored = WilsonInterval.Of(ExploredWrong, Explored, WilsonInterval.OneSided95);
        _isCalibrationRefuted = explored.Low > options.MaxErrorShare;
    }

    private readonly record struct Label(double Score, bool IsRight, double Weight);
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
