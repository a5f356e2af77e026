namespace Sluice.Ledger;

/// <summary>
/// At most one process writes a ledger. The operating system holds the lock for the process and drops it when the process
/// dies, however it dies.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    // What the operating systems answer for a file that another holds: EWOULDBLOCK (Linux, then macOS), ERROR_SHARING_VIOLATION.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    public const string FileName = "ledger.lock";

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>The lock, or null while another holder has it.</summary>
    /// <exception cref="IOException">The file can't be opened for another reason.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public static DirectoryLock? TryTake(string dataDirectory)
    {
        try
        {
            return new DirectoryLock(new FileStream(Path.Combine(dataDirectory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (HeldByAnother.Contains(e.HResult))
        {
            return null;
        }
    }

    /// <summary>Whether a process writes the ledger; looking makes nothing.</summary>
    public static bool IsHeld(string dataDirectory)
    {
        try
        {
            new FileStream(Path.Combine(dataDirectory, FileName), FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException e) when (HeldByAnother.Contains(e.HResult))
        {
            return true;
        }
    }

    public void Dispose() => _file.Dispose();
}
