using System.Diagnostics;
using System.Globalization;

namespace Sluice.Compare.Bills;

/// <summary>What a run of a program took.</summary>
/// <param name="CpuSeconds">User and system time of all its threads.</param>
/// <param name="PeakMb">The most that was resident at once.</param>
internal sealed record ProcessCost(double Seconds, double CpuSeconds, double PeakMb, string Output);

/// <summary>Runs Sluice as its user would and watches what it takes, from /proc, until it ends.</summary>
internal static class MeasuredProcess
{
    private const double TicksPerSecond = 100;
    private const int PollMilliseconds = 100;

    public static async Task<ProcessCost> RunAsync(string program, params string[] arguments)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        double cpu = 0, peak = 0;
        while (!process.HasExited)
        {
            // The process may be gone between the question and the reading.
            if (TryRead($"/proc/{process.Id}/stat") is { } stat && TryRead($"/proc/{process.Id}/status") is { } status && Field(status, "VmHWM:") is { } resident)
            {
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                cpu = (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
                peak = resident / 1024;
            }
            await Task.Delay(PollMilliseconds);
        }
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"`sluice {string.Join(' ', arguments)}` ended with {process.ExitCode}: {await output}");
        return new ProcessCost(Stopwatch.GetElapsedTime(began).TotalSeconds, cpu, peak, await output);
    }

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static double? Field(string status, string name) => status.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
        ? double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
        : null;
}
