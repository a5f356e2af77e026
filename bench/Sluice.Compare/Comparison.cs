using Sluice.Compare.Load;
using Sluice.Compare.Servers;

namespace Sluice.Compare;

/// <summary>Where a request goes: straight to the upstream, or through one of the two that stand before it.</summary>
/// <param name="Server">What is charged with the processor time of the requests.</param>
internal sealed record Target(string Name, ServerProcess Server, string? Token);

/// <summary>One target under one workload and number of connections, round by round.</summary>
/// <param name="CpuUs">Microseconds of processor time that the target's server had for each request, one figure for each round.</param>
internal sealed record Cell(Workload Workload, int Connections, string Target, IReadOnlyList<Measurement> Rounds, IReadOnlyList<double> CpuUs)
{
    public double RequestsPerSecond => Median(m => m.RequestsPerSecond);

    public double MedianCpuUs => Middle(CpuUs);

    public double Median(Func<Measurement, double> figure) => Middle(Rounds.Select(figure));

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

/// <summary>
/// Measures every target under every workload. The targets take turns within each round, so that a machine whose speed
/// drifts slows all of them alike; a figure is the median of the rounds.
/// </summary>
internal sealed class Comparison(IReadOnlyList<Target> targets, IReadOnlyList<Workload> workloads, IReadOnlyList<int> connectionCounts, int rounds, TimeSpan roundTime)
{

    /// <summary>Requests sent to each target so far, warm-up included.</summary>
    public Dictionary<string, long> Sent { get; } = targets.ToDictionary(t => t.Name, _ => 0L, StringComparer.Ordinal);

    /// <summary>Sends enough for the runtime to have compiled its hot path for good, which it does beside the first hundred thousand.</summary>
    public void WarmUp(int requests)
    {
        foreach (var target in targets)
        {
            using var load = new LoadGenerator(target.Server.Port, connectionCounts.Max() > 1 ? 16 : 1);
            Sent[target.Name] += load.Run(Requests(target, workloads), requests).Requests;
        }
    }

    public IEnumerable<Cell> Run()
    {
        foreach (var workload in workloads)
        {
            foreach (var connections in connectionCounts)
            {
                foreach (var cell in RunCells(workload, connections))
                    yield return cell;
            }
        }
    }

    private List<Cell> RunCells(Workload workload, int connections)
    {
        var measured = targets.Select(_ => new List<Measurement>()).ToList();
        var cpu = targets.Select(_ => new List<double>()).ToList();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < targets.Count; turn++)
            {
                var i = (turn + round) % targets.Count;
                using var load = new LoadGenerator(targets[i].Server.Port, connections);
                Run(load, targets[i], workload, roundTime / 10);
                var cpuBefore = targets[i].Server.Cpu;
                measured[i].Add(Run(load, targets[i], workload, roundTime));
                cpu[i].Add((targets[i].Server.Cpu - cpuBefore).TotalMicroseconds / measured[i][^1].Requests);
            }
        }
        return [.. targets.Select((t, i) => new Cell(workload, connections, t.Name, measured[i], cpu[i]))];
    }

    private Measurement Run(LoadGenerator load, Target target, Workload workload, TimeSpan time)
    {
        var measurement = load.Run(Requests(target, workload), time);
        Sent[target.Name] += measurement.Requests;
        return measurement;
    }

    private static List<(byte[] Request, byte[] ReplyBody)> Requests(Target target, params IEnumerable<Workload> workloads) =>
        [.. workloads.Select(w => (w.Request(target.Server.Port, target.Token), w.ReplyBody))];
}
