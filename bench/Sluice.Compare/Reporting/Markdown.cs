using System.Globalization;
using System.Text;

namespace Sluice.Compare.Reporting;

/// <summary>Results as a page that is committed beside those of other machines.</summary>
internal static class Markdown
{
    public static string Comparison(IReadOnlyList<Cell> cells)
    {
        var page = new StringBuilder();
        foreach (var workload in cells.GroupBy(c => c.Workload))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {char.ToUpperInvariant(workload.Key.Name[0])}{workload.Key.Name[1..]}\n\n")
                .Append("| Connections | Target | Requests/s | p50 µs | p99 µs | first byte p50 µs | added p50 µs | added p99 µs | added first byte µs | CPU µs/request |\n")
                .Append("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
            foreach (var cell in workload)
                page.Append(Row(cell, workload.First(c => c.Connections == cell.Connections)));
        }
        return page.ToString();
    }

    public static string Memory(IEnumerable<MemorySample> samples)
    {
        var page = new StringBuilder("| Requests so far | Resident MB | Requests/s in this step |\n|---:|---:|---:|\n");
        foreach (var sample in samples)
            page.Append(CultureInfo.InvariantCulture, $"| {sample.Requests:N0} | {sample.RssMb:0.0} | {(sample.Requests == 0 ? "" : $"{sample.RequestsPerSecond:N0}")} |\n");
        return page.ToString();
    }

    /// <summary>One row; what is added is the difference to <paramref name="direct"/>.</summary>
    private static string Row(Cell cell, Cell direct)
    {
        double[] added =
        [
            cell.Median(m => m.LatencyUs(0.5)) - direct.Median(m => m.LatencyUs(0.5)),
            cell.Median(m => m.LatencyUs(0.99)) - direct.Median(m => m.LatencyUs(0.99)),
            cell.Median(m => m.FirstByteUs(0.5)) - direct.Median(m => m.FirstByteUs(0.5)),
        ];
        var difference = ReferenceEquals(cell, direct) ? "| | | |" : $"| {added[0]:N0} | {added[1]:N0} | {added[2]:N0} |";
        return string.Create(CultureInfo.InvariantCulture,
            $"| {cell.Connections} | {cell.Target} | {cell.RequestsPerSecond:N0} | {cell.Median(m => m.LatencyUs(0.5)):N0} | {cell.Median(m => m.LatencyUs(0.99)):N0} | {cell.Median(m => m.FirstByteUs(0.5)):N0} {difference} {cell.MedianCpuUs:N0} |\n");
    }
}
