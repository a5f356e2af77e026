using System.Diagnostics.CodeAnalysis;
using Sluice.Bedrock.Requests.Outlines;

namespace Sluice.Gateway.Levers.Recalling;

/// <summary>Replies by the key of their call, in memory: at most so many bytes, the least recently used goes first. Thread-safe.</summary>
public sealed class ReplyStore(long maxBytes)
{
    /// <summary>A larger reply is not worth the many small ones that it would push out.</summary>
    private readonly long _maxEntryBytes = maxBytes / 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, LinkedListNode<(CacheKey Key, StoredReply Reply)>> _entries = [];
    private readonly LinkedList<(CacheKey Key, StoredReply Reply)> _byUse = new();
    private long _bytes;

    public long MaxEntryBytes => _maxEntryBytes;

    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <param name="oldest">Replies that were stored before are gone.</param>
    public bool TryGet(CacheKey key, DateTimeOffset oldest, [NotNullWhen(true)] out StoredReply? reply)
    {
        lock (_gate)
        {
            reply = null;
            if (!_entries.TryGetValue(key, out var node))
                return false;
            if (node.Value.Reply.StoredAt < oldest)
            {
                Remove(node);
                return false;
            }
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            reply = node.Value.Reply;
            return true;
        }
    }

    public void Put(CacheKey key, StoredReply reply)
    {
        if (reply.Bytes > _maxEntryBytes)
            return;
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var old))
                Remove(old);
            while (_bytes + reply.Bytes > maxBytes && _byUse.Last is { } last)
                Remove(last);
            _entries[key] = _byUse.AddFirst((key, reply));
            _bytes += reply.Bytes;
        }
    }

    private void Remove(LinkedListNode<(CacheKey Key, StoredReply Reply)> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.Reply.Bytes;
    }
}
