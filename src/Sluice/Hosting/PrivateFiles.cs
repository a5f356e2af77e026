using System.Runtime.InteropServices;

namespace Sluice.Hosting;

/// <summary>Keeps what this program writes to its user: keys, prompts and the ledger are nobody else's to read.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Every file and directory that the process makes from now on, SQLite's among them, has mode 0600 or 0700.</summary>
    public static void MakeAll()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetMask((uint)Others);
    }

    /// <summary>The data directory and the master key, if they are there and open to others, each with what to do.</summary>
    public static IEnumerable<string> OpenToOthers(string dataDirectory)
    {
        if (OperatingSystem.IsWindows())
            yield break;
        foreach (var (path, mode) in ((string, string)[])[(dataDirectory, "700"), (Path.Combine(dataDirectory, "master.key"), "600")])
        {
            if ((Directory.Exists(path) || File.Exists(path)) && File.GetUnixFileMode(path) is var found && (found & Others) != UnixFileMode.None)
                yield return $"'{path}' is open to other users of this machine (mode {Convert.ToString((int)found, 8)}), and it holds what makes valid keys; run: chmod {mode} '{path}'";
        }
    }

    [DllImport("libc", EntryPoint = "umask")]
    private static extern uint SetMask(uint mask);
}
