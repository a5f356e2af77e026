using System.Globalization;

namespace Sluice.Hosting;

/// <summary>How many files and sockets the process may have open, and how many connections that is enough for.</summary>
internal static class Descriptors
{
    /// <summary>Kept for the runtime, the ledger and its queries.</summary>
    private const int Reserved = 150;

    /// <summary>A call takes one for its caller and one for its upstream; the embedded simulator's end takes a third.</summary>
    private const int PerConnection = 3;

    public static int DefaultConnections() => Math.Clamp((Limit() - Reserved) / PerConnection, 16, 100_000);

    /// <summary>The soft limit where the system tells it, as Linux does; otherwise what is usual.</summary>
    private static int Limit()
    {
        const int usual = 10_000;
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
            var soft = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : usual;
        }
        catch (IOException)
        {
            return usual;
        }
    }
}
