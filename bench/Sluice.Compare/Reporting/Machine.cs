using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sluice.Compare.Reporting;

/// <summary>The machine and the versions that figures hold for.</summary>
internal static class Machine
{
    public static IEnumerable<string> Describe() => DescribeHost().Append($"nginx: {NginxVersion()}");

    public static IEnumerable<string> DescribeHost()
    {
        yield return $"Processor: {Field("/proc/cpuinfo", "model name")}, {Environment.ProcessorCount} cores for all processes together";
        yield return $"Memory: {long.Parse(Field("/proc/meminfo", "MemTotal").Split(' ')[0]) / 1024.0 / 1024.0:0.0} GiB";
        yield return $"System: {RuntimeInformation.OSDescription}, kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}";
        yield return $"Runtime: {RuntimeInformation.FrameworkDescription}";
    }

    private static string Field(string file, string name) =>
        File.ReadLines(file).First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(':', 2)[1].Trim();

    private static string NginxVersion()
    {
        using var nginx = Process.Start(new ProcessStartInfo("nginx", "-v") { UseShellExecute = false, RedirectStandardError = true })!;
        return nginx.StandardError.ReadToEnd().Trim().Split('/')[^1];
    }
}
