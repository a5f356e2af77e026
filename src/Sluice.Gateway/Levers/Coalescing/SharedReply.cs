using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Levers.Coalescing;

/// <summary>
/// One upstream reply that several callers read. Whoever needs a frame that is not here yet fetches it for all, so the
/// reply advances at the pace of the quickest; a caller who comes late gets every frame from the first.
/// </summary>
internal sealed class SharedReply(int status, HeaderList headers, IAsyncEnumerable<ReadOnlyMemory<byte>> source) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> _source = source.GetAsyncEnumerator(CancellationToken.None);
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private readonly Lock _gate = new();
    private readonly List<byte[]> _frames = [];
    private readonly HeaderList _headers = Copy(headers);
    private Exception? _failure;
    private bool _isEnded;

    public int Status { get; } = status;

    /// <summary>A copy: each caller's reply gets headers of its own.</summary>
    public HeaderList CopyHeaders() => Copy(_headers);

    /// <summary>Waits until there is something to read.</summary>
    /// <returns>False where the reply failed before it had given anything.</returns>
    public async Task<bool> HasBegunAsync()
    {
        try
        {
            await FrameAsync(0);
            return true;
        }
        catch (Exception)
        {
            // Whatever it was, it was the leader's; whoever waits can still ask for itself.
            return false;
        }
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync()
    {
        for (var i = 0; ; i++)
        {
            if (await FrameAsync(i) is not { } frame)
                yield break;
            yield return frame;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _fetching.WaitAsync();
        try
        {
            lock (_gate)
            {
                // Nobody may take a reply that was given up for one that is complete.
                if (!_isEnded)
                    _failure ??= new UpstreamException(UpstreamFailureKind.ConnectionLost, "The call that led has ended before its reply.");
            }
            await _source.DisposeAsync();
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>The frame at a place; null behind the last.</summary>
    private async ValueTask<byte[]?> FrameAsync(int index)
    {
        // What is here is given at once, also while somebody waits for what comes next.
        if (TryGet(index, out var frame))
            return frame;
        await _fetching.WaitAsync();
        try
        {
            while (!TryGet(index, out frame))
                await FetchAsync();
            return frame;
        }
        finally
        {
            _fetching.Release();
        }
    }

    private bool TryGet(int index, out byte[]? frame)
    {
        lock (_gate)
        {
            frame = index < _frames.Count ? _frames[index] : null;
            if (frame is null && _failure is not null)
                throw _failure;
            return frame is not null || _isEnded;
        }
    }

    private async ValueTask FetchAsync()
    {
        byte[]? frame = null;
        Exception? failure = null;
        try
        {
            if (await _source.MoveNextAsync())
                frame = _source.Current.ToArray();
        }
        catch (Exception e)
        {
            failure = e;
        }
        lock (_gate)
        {
            if (frame is not null)
                _frames.Add(frame);
            else
                (_failure, _isEnded) = (failure, failure is null);
        }
    }

    private static HeaderList Copy(HeaderList from)
    {
        var copy = new HeaderList(from.Count + 4);
        foreach (var (name, value) in from)
            copy.Add(name, value);
        return copy;
    }
}
