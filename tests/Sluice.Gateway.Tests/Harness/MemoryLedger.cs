using System.Collections.Concurrent;
using System.Threading.Channels;
using Sluice.Core.Invocations;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>A ledger in memory, which can be broken, and whose closed records can be waited for.</summary>
internal sealed class MemoryLedger : ILedgerWriter
{
    private readonly Channel<InvocationRecord> _closed = Channel.CreateUnbounded<InvocationRecord>();

    public ConcurrentQueue<InvocationRecord> Opened { get; } = [];

    public bool IsBroken { get; set; }

    public void Open(InvocationRecord intent)
    {
        if (IsBroken)
            throw new LedgerUnavailableException("the disk is full");
        Opened.Enqueue(intent);
    }

    public void Close(InvocationRecord record) => _closed.Writer.TryWrite(record);

    /// <summary>The next record that was closed.</summary>
    public async Task<InvocationRecord> NextAsync() => await _closed.Reader.ReadAsync().AsTask().WaitAsync(HangGuard.Limit);

    public bool IsEmpty => _closed.Reader.Count == 0;
}
