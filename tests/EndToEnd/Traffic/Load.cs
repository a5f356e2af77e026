using System.Net.Http.Headers;
using System.Text;

namespace EndToEnd.Traffic;

/// <summary>Callers who work side by side until they have made a number of calls, or until they are told to stop.</summary>
internal sealed class Load(Uri gateway, string token, Func<Call> next, int callers) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 })
    {
        BaseAddress = gateway,
        Timeout = TimeSpan.FromMinutes(2),
    };

    private readonly Lock _gate = new();
    private int _answered;
    private int _failed;
    private int _left;
    private int _ended;
    private int _awaited;
    private TaskCompletionSource _reached = new();

    /// <summary>Calls that got a whole reply, whatever it said.</summary>
    public int Answered => _answered;

    /// <summary>Calls that broke off without the caller's doing.</summary>
    public int Failed => _failed;

    public int Left => _left;

    public async Task RunAsync(int calls, CancellationToken stop)
    {
        var remaining = calls;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));

        async Task WorkAsync()
        {
            while (!stop.IsCancellationRequested && Interlocked.Decrement(ref remaining) >= 0)
            {
                await CallAsync(Take());
                End();
            }
        }
    }

    /// <summary>Returns when so many calls have ended, well or not.</summary>
    public Task WhenEndedAsync(int calls)
    {
        lock (_gate)
        {
            _awaited = calls;
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_ended >= calls)
                _reached.SetResult();
            return _reached.Task;
        }
    }

    public void Dispose() => _client.Dispose();

    private void End()
    {
        lock (_gate)
        {
            if (++_ended == _awaited)
                _reached.TrySetResult();
        }
    }

    private Call Take()
    {
        lock (_gate)
            return next();
    }

    private async Task CallAsync(Call call)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, call.Target)
        {
            Content = new StringContent(call.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await using var body = await response.Content.ReadAsStreamAsync();
            var buffer = new byte[4096];
            for (var taken = 0; ;)
            {
                var read = await body.ReadAsync(buffer);
                if (read == 0)
                    break;
                taken += read;
                if (taken >= call.LeavesAfterBytes)
                {
                    // Disposing a reply that is not read to its end closes the connection, as nothing of it is drained.
                    Interlocked.Increment(ref _left);
                    return;
                }
            }
            Interlocked.Increment(ref _answered);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
