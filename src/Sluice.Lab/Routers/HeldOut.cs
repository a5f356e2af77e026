using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Lab.Routers;

/// <summary>What routers said of the lines that they were not trained on.</summary>
internal sealed class HeldOut(int lines, int models, bool hasTasks)
{
    private const int CalibrationGroups = 10;

    private readonly Dictionary<double, (double Floor, double Share, double Score, int Count)> _floors = [];

    public RouterScore[] Text { get; } = new RouterScore[lines];

    /// <summary>With the task, where there is one.</summary>
    public RouterScore[] Full { get; } = new RouterScore[lines];

    /// <summary>The gain by the table of tasks alone.</summary>
    public double[] TaskGain { get; } = new double[lines];

    /// <summary>For each line, the expected score of each model.</summary>
    public double[][] Qualities { get; } = [.. Enumerable.Range(0, lines).Select(_ => new double[models])];

    public IReadOnlyList<ShareHeld> Shares { get; private set; } = [];

    public IReadOnlyList<FloorHeld> Floors => [.. _floors.OrderBy(f => f.Key).Select(f => new FloorHeld(f.Key, f.Value.Floor / f.Value.Count, f.Value.Share / f.Value.Count, f.Value.Score / f.Value.Count))];

    public double CalibrationError { get; private set; }

    public double UnknownShare => Full.Average(s => s.IsKnown ? 0.0 : 1);

    public IEnumerable<(string Name, double[] Ranking)> Rankings
    {
        get
        {
            yield return (PolicyNames.Router, [.. Text.Select(s => s.Gain)]);
            if (!hasTasks)
                yield break;
            yield return (PolicyNames.RouterWithTask, [.. Full.Select(s => s.Gain)]);
            yield return (PolicyNames.TaskTable, TaskGain);
        }
    }

    /// <summary>Adds one fold's answer to a floor that was asked for.</summary>
    public void AddFloor(double gap, double floor, double? share, int[] unseen, Func<int, double> strong, Func<int, double> weak)
    {
        var sum = _floors.GetValueOrDefault(gap);
        foreach (var line in unseen)
        {
            var isStrong = Full[line].PrefersStrong(share ?? 1);
            sum = (sum.Floor + floor, sum.Share + (isStrong ? 1 : 0), sum.Score + (isStrong ? strong(line) : weak(line)), sum.Count + 1);
        }
        _floors[gap] = sum;
    }

    /// <param name="askedShares">Shares of strong calls to ask for.</param>
    /// <param name="gains">For each line, the strong model's score less the weak one's.</param>
    /// <param name="weakScore">The weak model's mean score.</param>
    public void Finish(double[] askedShares, double[] gains, double weakScore)
    {
        Shares = [.. askedShares.Select(asked => new ShareHeld(
            asked,
            Full.Average(s => s.PrefersStrong(asked) ? 1.0 : 0),
            weakScore + Full.Index().Average(s => s.Item.PrefersStrong(asked) ? gains[s.Index] : 0)))];
        var order = Enumerable.Range(0, lines).OrderBy(i => Full[i].Gain).ToArray();
        CalibrationError = order.Chunk(Math.Max(1, (lines + CalibrationGroups - 1) / CalibrationGroups))
            .Sum(group => Math.Abs(group.Average(i => Full[i].Gain) - group.Average(i => gains[i])) * group.Length / lines);
    }
}
