using Sluice.Ledger.Journal;

namespace Sluice.Ledger;

public sealed record LedgerOptions
{
    public required string DataDirectory { get; init; }

    public FsyncPolicy Fsync { get; init; }

    /// <summary>A segment of the journal that has grown to this is followed by another.</summary>
    public long SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Invocations older than this are deleted, their hourly sums kept. Null keeps all.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>How long opening waits for whoever else has the directory: a reader that takes the journal over has it for a moment.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Final records that may wait in memory while the disk refuses them; about 2 KB each.</summary>
    public int MaxPending { get; init; } = 10_000;
}
