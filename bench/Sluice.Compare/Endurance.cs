using System.Diagnostics;
using Sluice.Compare.Load;

namespace Sluice.Compare;

/// <summary>Resident memory after a number of requests.</summary>
internal sealed record MemorySample(int Requests, double RssMb, double RequestsPerSecond);

/// <summary>Sends very many small requests, plain and streamed in turn, and watches the server's memory.</summary>
internal sealed class Endurance(Target target, int requests)
{
    public const int Connections = 16;

    public IEnumerable<MemorySample> Run()
    {
        var workloads = Workload.All.Where(w => w.BodyBytes == 1024).Select(w => (w.Request(target.Server.Port, target.Token), w.ReplyBody)).ToList();
        using var load = new LoadGenerator(target.Server.Port, Connections);
        yield return new MemorySample(0, target.Server.RssMb, 0);
        var step = Math.Max(1, requests / 20);
        for (var sent = step; sent <= requests; sent += step)
        {
            var began = Stopwatch.GetTimestamp();
            load.Run(workloads, step);
            yield return new MemorySample(sent, target.Server.RssMb, step / Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }
}
