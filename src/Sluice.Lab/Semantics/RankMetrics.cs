using Sluice.Gateway.Levers.SemanticRecall.Calibrating;

namespace Sluice.Lab.Semantics;

/// <summary>How well scores tell duplicates from the rest.</summary>
public static class RankMetrics
{
    /// <summary>The probability that a duplicate scores higher than another pair; ties count half.</summary>
    public static double Auc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var (keys, sorted) = (scores.ToArray(), labels.ToArray());
        Array.Sort(keys, sorted);
        var (positives, rankSum) = (0L, 0.0);
        for (var i = 0; i < keys.Length;)
        {
            var end = i;
            while (end < keys.Length && keys[end] == keys[i])
                end++;
            for (var j = i; j < end; j++)
            {
                if (!sorted[j])
                    continue;
                positives++;
                rankSum += (i + 1 + end) / 2.0;
            }
            i = end;
        }
        var negatives = keys.Length - positives;
        return positives == 0 || negatives == 0 ? double.NaN : (rankSum - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }

    /// <summary>The 95 % interval of an AUC (Hanley and McNeil 1982, Radiology 143, 29), as if pairs were independent.</summary>
    public static WilsonInterval AucInterval(double auc, int positives, int negatives)
    {
        var (q1, q2) = (auc / (2 - auc), 2 * auc * auc / (1 + auc));
        var variance = ((auc * (1 - auc)) + ((positives - 1) * (q1 - (auc * auc))) + ((negatives - 1) * (q2 - (auc * auc)))) / ((double)positives * negatives);
        var half = WilsonInterval.TwoSided95 * Math.Sqrt(Math.Max(0, variance));
        return new(Math.Max(0, auc - half), Math.Min(1, auc + half));
    }

    /// <summary>The largest share of duplicates that a threshold finds while its precision is at least so high, and that threshold; 0 and infinity where none does.</summary>
    public static (double Recall, double Threshold) RecallAt(double precision, ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var (keys, sorted) = (scores.ToArray(), labels.ToArray());
        Array.Sort(keys, sorted);
        var all = sorted.Count(l => l);
        (double Recall, double Threshold) best = (0, double.PositiveInfinity);
        var (right, taken) = (0, 0);
        for (var i = keys.Length - 1; i >= 0; i--)
        {
            taken++;
            right += sorted[i] ? 1 : 0;
            var isLastOfTies = i == 0 || keys[i - 1] < keys[i];
            if (isLastOfTies && double.IsFinite(keys[i]) && right >= precision * taken && right > 0)
                best = (right / (double)all, keys[i]);
        }
        return best;
    }

    /// <summary>Spearman's rank correlation, with ties at their mean rank.</summary>
    public static double Spearman(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (x, y) = (Ranks(a), Ranks(b));
        var (meanX, meanY) = (x.Average(), y.Average());
        var (xy, xx, yy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        return xy / Math.Sqrt(xx * yy);
    }

    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        var keys = values.ToArray();
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);
        var ranks = new double[keys.Length];
        for (var i = 0; i < keys.Length;)
        {
            var end = i;
            while (end < keys.Length && keys[end] == keys[i])
                end++;
            for (var j = i; j < end; j++)
                ranks[order[j]] = (i + end - 1) / 2.0;
            i = end;
        }
        return ranks;
    }
}
