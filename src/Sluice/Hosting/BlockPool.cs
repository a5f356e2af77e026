using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Hosting;

/// <summary>
/// The server's buffers, in larger blocks than its own pool gives (4 KB): prompts are often tens of kilobytes, and each
/// block is one system call and one wake-up. Keeps at most <see cref="MaxKeptBlocks"/> blocks.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    public const int BlockBytes = 16 * 1024;

    /// <summary>4 MB. What a burst takes beyond it goes back to the runtime.</summary>
    public const int MaxKeptBlocks = 256;

    private readonly ConcurrentQueue<Block> _kept = new();

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        return _kept.TryDequeue(out var block) ? block : new Block(this);
    }

    protected override void Dispose(bool disposing) => _kept.Clear();

    /// <summary>Pinned, because sockets read into it and send from it.</summary>
    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

        public void Dispose()
        {
            if (pool._kept.Count < MaxKeptBlocks)
                pool._kept.Enqueue(this);
        }
    }

    /// <summary>Gives the server this pool instead of its own.</summary>
    public sealed class Factory : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool();
    }
}
