namespace Sluice.Ledger.Answers;

/// <summary>
/// Which replies the table has, so that whoever asks for another never touches the disk. It knows them by half of their
/// key, which is enough to tell them apart: the table compares the whole. Thread-safe.
/// </summary>
internal sealed class ReplyIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, (long StoredUs, int Bytes)> _replies = [];
    private long _bytes;

    public (int Replies, long Bytes) Size
    {
        get
        {
            lock (_gate)
                return (_replies.Count, _bytes);
        }
    }

    public bool Has(UInt128 high, long oldestUs)
    {
        lock (_gate)
            return _replies.TryGetValue(high, out var reply) && reply.StoredUs >= oldestUs;
    }

    public void Add(in ReplyRow row)
    {
        lock (_gate)
        {
            if (_replies.TryGetValue(row.Key.High, out var old))
                _bytes -= old.Bytes;
            _replies[row.Key.High] = (row.StoredUs, row.Bytes);
            _bytes += row.Bytes;
        }
    }

    public void Remove(in ReplyRow row)
    {
        lock (_gate)
        {
            if (_replies.Remove(row.Key.High, out var old))
                _bytes -= old.Bytes;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _replies.Clear();
            _bytes = 0;
        }
    }
}
