using System.Collections.Concurrent;
using Sluice.Core.Invocations;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>An archive without a disk, which writes at once and can be broken.</summary>
internal sealed class MemoryArchive : IReplyArchive
{
    private readonly ConcurrentDictionary<(UInt128 High, UInt128 Low), (DateTimeOffset StoredAt, byte[] Reply)> _replies = [];

    public int Count => _replies.Count;

    public int Reads { get; private set; }

    /// <summary>Changes what is read.</summary>
    public Func<byte[], byte[]?> OnRead { get; set; } = reply => reply;

    public bool MayHold((UInt128 High, UInt128 Low) key, DateTimeOffset oldest) => _replies.TryGetValue(key, out var kept) && kept.StoredAt >= oldest;

    public ValueTask<byte[]?> ReadAsync((UInt128 High, UInt128 Low) key, DateTimeOffset oldest)
    {
        Reads++;
        return ValueTask.FromResult(MayHold(key, oldest) ? OnRead(_replies[key].Reply) : null);
    }

    public void Keep((UInt128 High, UInt128 Low) key, DateTimeOffset storedAt, byte[] reply) => _replies[key] = (storedAt, reply);
}
