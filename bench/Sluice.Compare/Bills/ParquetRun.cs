using System.Globalization;
using System.Text;
using Sluice.Compare.Reporting;
using Sluice.Compare.Servers;

namespace Sluice.Compare.Bills;

/// <summary>Imports the same bill as plain CSV, as gzip and as Parquet, in turn, and compares what the stores then hold.</summary>
internal sealed class ParquetRun(string output, int rows)
{
    private const int Rounds = 3;

    private readonly StringBuilder _page = new();

    /// <returns>0, or 1 if a store differs.</returns>
    public async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-parquet-");
        try
        {
            var today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            Say($"# Parquet compared with CSV, {today}\n");
            Say(string.Join('\n', Machine.DescribeHost().Select(line => $"- {line}")));
            var differs = await MeasureAsync(folder.FullName);
            Directory.CreateDirectory(output);
            var file = Path.Combine(output, $"{today}-parquet.md");
            await File.WriteAllTextAsync(file, _page.ToString());
            Console.Error.WriteLine($"Written to {file}");
            return differs ? 1 : 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<bool> MeasureAsync(string folder)
    {
        // As many rows a day as in the year of ten million.
        BillLine[] lines = [.. new YearOfBills(10_000_000).Lines().Take(rows)];
        string[] files = [.. ((string[])["bill.csv", "bill.csv.gz", "bill.snappy.parquet"]).Select(name => Path.Combine(folder, name))];
        YearOfBills.WriteCsv(files[0], lines);
        YearOfBills.WriteCsv(files[1], lines);
        await ParquetBill.WriteAsync(files[2], lines);
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        var costs = files.ToDictionary(f => f, _ => new List<ProcessCost>(), StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var file in files)
            {
                var data = DataOf(file);
                if (Directory.Exists(data))
                    Directory.Delete(data, recursive: true);
                costs[file].Add(await MeasuredProcess.RunAsync(SluiceServer.Program, "import", file, "--data", data));
            }
        }
        Say($"""

            `dotnet run -c Release --project bench/Sluice.Compare -- --parquet {rows}`

            {lines.Length:N0} rows of a CUR 2.0 with 20 columns, by the hour, of 1,000 pairs of a model and an app and of other services; each form is imported {Rounds} times in
            turn with `sluice import` into an empty store. Medians, and the highest peak of memory. Load of the machine when this began, from all that runs on it: {load}.

            | Form | Size MB | Seconds | Rows/s | CPU s | Peak resident MB | Rows of the store that differ from CSV's |
            |---|---:|---:|---:|---:|---:|---:|
            """);
        var differences = files.Select(f => StoreDifference.Count(StoreOf(files[0]), StoreOf(f))).ToList();
        foreach (var (file, difference) in files.Zip(differences))
        {
            var (seconds, cpu) = (Median(costs[file].Select(c => c.Seconds)), Median(costs[file].Select(c => c.CpuSeconds)));
            Say($"| {Path.GetFileName(file)} | {new FileInfo(file).Length / 1_000_000.0:N0} | {seconds:0.0} | {lines.Length / seconds:N0} | {cpu:0.0} | {costs[file].Max(c => c.PeakMb):0} | {difference:N0} |");
        }
        return differences.Any(d => d != 0);

        string DataOf(string file) => file + ".data";
        string StoreOf(string file) => Path.Combine(DataOf(file), "costs.db");
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private void Say(string text)
    {
        Console.WriteLine(text);
        _page.Append(text).Append('\n');
    }
}
