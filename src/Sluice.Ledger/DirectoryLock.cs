namespace Sluice.Ledger;

/// <summary>
/// At most one process writes a ledger. The operating system holds the lock for the process and drops it when the process
/// dies, however it dies.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>The lock, or null while another holder has it.</summary>
    public static DirectoryLock? TryTake(string dataDirectory)
    {
        try
        {
            return new DirectoryLock(new FileStream(Path.Combine(dataDirectory, "ledger.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
