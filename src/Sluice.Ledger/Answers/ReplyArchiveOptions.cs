namespace Sluice.Ledger.Answers;

public sealed record ReplyArchiveOptions
{
    public required string DataDirectory { get; init; }

    /// <summary>About the most that the replies take on the disk; the oldest go first.</summary>
    public required long MaxBytes { get; init; }

    /// <summary>Replies that were stored longer ago are deleted.</summary>
    public required TimeSpan MaxAge { get; init; }

    /// <summary>The most replies, since each takes some 50 bytes of memory to be known by.</summary>
    public int MaxReplies { get; init; } = 500_000;

    /// <summary>Replies that may wait to be written.</summary>
    public int MaxWaiting { get; init; } = 1_000;

    /// <summary>Bytes of replies that may wait to be written.</summary>
    public long MaxWaitingBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>A call does not wait longer for the disk than this; it asks its upstream instead.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(250);
}
