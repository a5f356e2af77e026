namespace Sluice.Lab.Routers.Learning;

/// <summary>The mean score of each task, drawn to the mean of all where there are few lines of it.</summary>
internal sealed class TaskTable
{
    /// <summary>A task's own mean and the mean of all count alike when it has this many lines.</summary>
    private const double PriorLines = 10;

    private readonly Dictionary<string, double> _means = new(StringComparer.Ordinal);
    private readonly double _mean;

    public TaskTable(string?[] tasks, double[] scores, ReadOnlySpan<int> lines)
    {
        var sums = new Dictionary<string, (double Sum, int Count)>(StringComparer.Ordinal);
        var (sum, count) = (0.0, 0);
        foreach (var line in lines)
        {
            if (double.IsNaN(scores[line]))
                continue;
            sum += scores[line];
            count++;
            if (tasks[line] is not { } task)
                continue;
            var known = sums.GetValueOrDefault(task);
            sums[task] = (known.Sum + scores[line], known.Count + 1);
        }
        _mean = count == 0 ? 0 : sum / count;
        foreach (var (task, (taskSum, taskCount)) in sums)
            _means[task] = (taskSum + (PriorLines * _mean)) / (taskCount + PriorLines);
    }

    public double Mean(string? task) => task is not null && _means.TryGetValue(task, out var mean) ? mean : _mean;

    /// <summary>The mean as log-odds, kept off the ends.</summary>
    public double Logit(string? task)
    {
        var mean = Math.Clamp(Mean(task), 0.01, 0.99);
        return Math.Log(mean / (1 - mean));
    }
}
