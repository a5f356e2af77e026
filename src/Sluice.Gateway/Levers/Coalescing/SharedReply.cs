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
    private readonly List<byte[]> _frames = [];
    private readonly HeaderList _headers = Copy(headers);
    private Exception? _failure;
    private bool _isEnded;

    public int Status { get; } = status;

    /// <summary>A copy: each caller's reply gets headers of its own.</summary>
    public HeaderList CopyHeaders() => Copy(_headers);

    /// <summary>Waits until there is something to read.</summary>
    /// <returns>False where the reply failed before it had given anything.</returns>
    public async ValueTask<bool> HasBegunAsync()
    {
        try
        {
            await FrameAsync(0);
            return true;
        }
        catch (UpstreamException)
        {
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
            _isEnded = true;
            await _source.DisposeAsync();
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async ValueTask<byte[]?> FrameAsync(int index)
    {
        await _fetching.WaitAsync();
        try
        {
            if (index < _frames.Count)
                return _frames[index];
            if (_failure is not null)
                throw _failure;
            if (_isEnded || !await MoveAsync())
                return null;
            _frames.Add(_source.Current.ToArray());
            return _frames[index];
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async ValueTask<bool> MoveAsync()
    {
        try
        {
            _isEnded = !await _source.MoveNextAsync();
            return !_isEnded;
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
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
