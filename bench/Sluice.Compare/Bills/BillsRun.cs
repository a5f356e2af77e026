using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sluice.Compare.Reporting;
using Sluice.Compare.Servers;
using Sluice.Insights.Reports;
using Sluice.Insights.Store;

namespace Sluice.Compare.Bills;

/// <summary>Imports a year of hourly rows as a user would, asks every report of it, and writes the page of results.</summary>
internal sealed class BillsRun(string output, long rows, string? keepIn)
{
    private const int Repeats = 5;
    private const int RestatedDays = 30;

    private readonly StringBuilder _page = new();

    public async Task<int> RunAsync()
    {
        var folder = keepIn is null ? Directory.CreateTempSubdirectory("sluice-bills-") : Directory.CreateDirectory(keepIn);
        try
        {
            var today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            Say($"# Bills, {today}\n");
            Say(string.Join('\n', Machine.DescribeHost().Select(line => $"- {line}")));
            await MeasureAsync(folder.FullName);
            Directory.CreateDirectory(output);
            var file = Path.Combine(output, $"{today}-bills.md");
            await File.WriteAllTextAsync(file, _page.ToString());
            Console.Error.WriteLine($"Written to {file}");
            return 0;
        }
        finally
        {
            if (keepIn is null)
                folder.Delete(recursive: true);
        }
    }

    private async Task MeasureAsync(string folder)
    {
        var (bill, restated, data) = (Path.Combine(folder, "year.csv"), Path.Combine(folder, "restated.csv"), Path.Combine(folder, "data"));
        var year = new YearOfBills(rows);
        if (!File.Exists(bill))
            year.Write(bill);
        year.WriteRestated(restated, RestatedDays);
        var lines = await CountAsync(bill);
        var restatedLines = await CountAsync(restated);

        Say($"""

            {lines:N0} rows of a CUR 2.0 as plain CSV ({Mb(bill):N0} MB): a year by the hour of 1,000 pairs of a model and an app, and other services.
            Load of the machine when this began, from all that runs on it: {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}.
            CPU is user and system time of all threads of the process; rows per CPU second depend less on what else the machine does than seconds do.

            ## Import

            | File | Rows | Seconds | Rows/s | CPU s | Rows per CPU s | Peak resident MB | Store MB |
            |---|---:|---:|---:|---:|---:|---:|---:|
            """);
        foreach (var (name, file, count) in new[] { ("the year", bill, lines), ($"its first {RestatedDays} days, restated", restated, restatedLines) })
        {
            var cost = await MeasuredProcess.RunAsync(SluiceServer.Program, "import", file, "--data", data);
            Say($"| {name} | {count:N0} | {cost.Seconds:0.0} | {count / cost.Seconds:N0} | {cost.CpuSeconds:0.0} | {count / cost.CpuSeconds:N0} | {cost.PeakMb:0} | {Directory.GetFiles(data, "costs.db*").Sum(Mb):N0} |");
        }

        Say($"""

            ## Reports

            Each of {Repeats} times, with the store opened anew for each; the command is `sluice report NAME`, with the start of its process.

            | Report | Rows | Median ms | Slowest ms | CPU ms | Command ms |
            |---|---:|---:|---:|---:|---:|
            """);
        foreach (var (name, _) in ReportBook.All)
        {
            var times = new List<double>();
            var answer = Ask(name, data);
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            for (var i = 0; i < Repeats; i++)
            {
                var began = Stopwatch.GetTimestamp();
                answer = Ask(name, data);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            var each = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / Repeats;
            times.Sort();
            var command = await MeasuredProcess.RunAsync(SluiceServer.Program, "report", name, "--basis", "billed", "--data", data, "--format", "csv");
            Say($"| {name} | {answer.Rows.Count:N0} | {times[Repeats / 2]:0} | {times[^1]:0} | {each:0} | {command.Seconds * 1000:N0} |");
        }
    }

    private static ReportAnswer Ask(string name, string data)
    {
        using var store = CostStore.Open(data, TimeProvider.System);
        return ReportBook.Billed(name, store, new ReportQuery());
    }

    private static async Task<long> CountAsync(string file)
    {
        var lines = -1L;
        using var reader = new StreamReader(file, new FileStreamOptions { BufferSize = 1 << 20 });
        while (await reader.ReadLineAsync() is not null)
            lines++;
        return lines;
    }

    private static double Mb(string file) => new FileInfo(file).Length / 1_000_000.0;

    private void Say(string text)
    {
        Console.WriteLine(text);
        _page.Append(text).Append('\n');
    }
}
