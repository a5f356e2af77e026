using Sluice.Core.Metering;

namespace Sluice.Gateway.Stages.Limiting;

/// <summary>
/// What one attempt holds of the limits that it met: its place until its reply has ended, its tokens until its usage is known.
/// Usage that never becomes known leaves what was held counted.
/// </summary>
internal sealed class LimitLease(LimitBook book, string? baseModel) : IDisposable
{
    private readonly List<(LimitCounter Counter, long Tokens)> _counters = [];
    private readonly long _takenAt = book.Second;
    private (FairQueue Queue, FairQueue.Ticket Ticket)? _quota;
    private int _left;
    private int _settled;

    /// <summary>Null where the rule has room, which is then taken.</summary>
    public Throttle? TryTake(LimitRule rule, LimitCounter counter, long tokens)
    {
        var held = Math.Min(tokens, rule.TokensPerMinute ?? 0);
        var throttle = counter.TryTake(rule, held, _takenAt);
        if (throttle is null)
            _counters.Add((counter, held));
        return throttle;
    }

    public void Hold(FairQueue queue, FairQueue.Ticket ticket) => _quota = (queue, ticket);

    /// <summary>The attempt was not made after all.</summary>
    public void GiveBack()
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0 || Interlocked.Exchange(ref _left, 1) != 0)
            return;
        foreach (var (counter, tokens) in _counters)
            counter.GiveBack(tokens, _takenAt, book.Second);
        _quota?.Queue.GiveBack(_quota.Value.Ticket);
    }

    /// <summary>The attempt's usage is known; the first word counts.</summary>
    public void Settle(Usage usage)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
            return;
        var used = QuotaTokens.Used(usage, baseModel);
        foreach (var (counter, tokens) in _counters)
            counter.Settle(tokens, used, _takenAt, book.Second);
        _quota?.Queue.Settle(_quota.Value.Ticket, used);
    }

    /// <summary>The same frames; when they have ended, so has the attempt.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Pass(IAsyncEnumerable<ReadOnlyMemory<byte>> frames)
    {
        try
        {
            await foreach (var frame in frames)
                yield return frame;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The attempt has ended.</summary>
    public void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) != 0)
            return;
        foreach (var (counter, _) in _counters)
            counter.Leave();
    }

    public void Dispose() => Leave();
}
