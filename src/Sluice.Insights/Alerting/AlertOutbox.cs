using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Core.Alerts;

namespace Sluice.Insights.Alerting;

/// <summary>
/// Takes alerts from whoever notices trouble, keeps them, and delivers each to every channel that takes its kind until it was
/// taken there. A caller names any model or app that he likes, so alerts of these kinds are bundled. Raising never waits: what comes faster than it can be kept is counted and logged.
/// </summary>
public sealed partial class AlertOutbox : IAsyncDisposable
{
    /// <summary>Alerts that may wait to be kept.</summary>
    public const int MaxWaiting = 1_000;

    /// <summary>How often it looks whether another process has left something to deliver.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(20);

    /// <summary>A delivery belongs to whoever tries it for so long: longer than a try may take.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(7);

    private static readonly TimeSpan ForgetAfter = TimeSpan.FromDays(400);

    private static readonly TimeSpan ComplaintInterval = TimeSpan.FromMinutes(1);

    private readonly Channel<Alert> _incoming = Channel.CreateBounded<Alert>(MaxWaiting);
    private readonly Channel<bool> _kept = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _stopping;
    private readonly Dictionary<AlertKind, AlertBundle> _bundles;
    private readonly AlertStore _store;
    private readonly SignRequest _sign;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertOutbox> _logger;
    private readonly Task _keeping;
    private readonly Task _delivering;
    private AlertOptions _options;
    private volatile OutboxBacklog _backlog = new(0, null, 0);
    private Alert? _unkept;
    private long _dropped;
    private long _complainedAt;

    /// <param name="store">Where alerts are kept; whoever made it disposes it, after the outbox.</param>
    /// <param name="sign">Signs what goes to AWS.</param>
    public AlertOutbox(AlertStore store, AlertOptions options, SignRequest sign, TimeProvider time, ILogger<AlertOutbox> logger)
    {
        (_store, _sign, _time, _logger) = (store, sign, time, logger);
        _stopping = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _complainedAt = time.GetTimestamp() - (long)(ComplaintInterval.TotalSeconds * time.TimestampFrequency);
        _options = options;
        _bundles = new() { [AlertKind.UnpricedModel] = new AlertBundle(atOnce: 1, time), [AlertKind.Limit] = new AlertBundle(atOnce: 20, time) };
        _keeping = Task.Run(KeepAsync);
        _delivering = Task.Run(DeliverAsync);
    }

    /// <summary>What has not arrived, as of the last round.</summary>
    public OutboxBacklog Backlog => _backlog;

    /// <summary>Alerts that were not kept because too many came at once.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes over other channels for what is delivered from now on.</summary>
    public void Use(AlertOptions options) => Volatile.Write(ref _options, options);

    /// <summary>The <see cref="RaiseAlert"/> of this outbox.</summary>
    public void Raise(Alert alert)
    {
        if (!_bundles.TryGetValue(alert.Kind, out var bundle) || !bundle.TryHold(alert))
            Enqueue(alert);
    }

    private void EnqueueBundles(bool isEnd = false)
    {
        foreach (var bundle in _bundles.Values)
        {
            if (bundle.TakeDue(isEnd) is { } due)
                Enqueue(due);
        }
    }

    private void Enqueue(Alert alert)
    {
        if (_incoming.Writer.TryWrite(alert))
            return;
        var dropped = Interlocked.Increment(ref _dropped);
        var before = Interlocked.Read(ref _complainedAt);
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(before, now) >= ComplaintInterval && Interlocked.CompareExchange(ref _complainedAt, now, before) == before)
            Log.Dropped(_logger, dropped, alert.Title);
    }

    /// <summary>Sends an alert through one channel and nothing else: it is neither kept nor tried again.</summary>
    /// <exception cref="DeliveryException">It was not taken.</exception>
    public static async Task SendAsync(ChannelOptions channel, Alert alert, SignRequest sign, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TryLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await AlertChannels.Make(channel, sign, time).SendAsync(new AlertMessage(alert), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryException($"There was no answer within {TryLimit.TotalSeconds:0} s.");
        }
    }

    /// <summary>Tries everything that is due once, for a process that does not stay.</summary>
    /// <returns>How many were delivered, and how many still wait.</returns>
    public static async Task<(int Delivered, int Waiting)> DeliverOnceAsync(AlertStore store, AlertOptions options, SignRequest sign, TimeProvider time, ILogger<AlertOutbox> logger, CancellationToken cancellationToken)
    {
        store.Route(options.Channels);
        var delivered = 0;
        foreach (var channel in options.Channels)
        {
            while (await TryNextAsync(store, channel, sign, time, logger, cancellationToken) is true)
                delivered++;
        }
        return (delivered, store.Backlog().Waiting);
    }

    /// <summary>Keeps what was raised and ends. Tries under way have a moment to be taken, and are put back after it.</summary>
    public async ValueTask DisposeAsync()
    {
        EnqueueBundles(isEnd: true);
        if (!_incoming.Writer.TryComplete())
            return;
        await _ending.CancelAsync();
        _stopping.CancelAfter(StopLimit);
        await Task.WhenAll(_keeping, _delivering);
        _ending.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Writes what was raised; where that fails it is held and tried again.</summary>
    private async Task KeepAsync()
    {
        while (_unkept is not null || await _incoming.Reader.WaitToReadAsync())
        {
            if (Attempt(Keep))
                _kept.Writer.TryWrite(true);
            else if (_ending.IsCancellationRequested)
                return;
            else
                await Task.WhenAny(Task.Delay(LookInterval, _time, _ending.Token));
        }
    }

    private void Keep()
    {
        while (_unkept is not null || _incoming.Reader.TryRead(out _unkept))
        {
            if (_store.Add(_unkept))
                Log.Raised(_logger, _unkept.Kind.Name(), _unkept.Title, _unkept.Advice);
            _unkept = null;
        }
    }

    private async Task DeliverAsync()
    {
        Attempt(() => _store.Forget(ForgetAfter));
        while (!_ending.IsCancellationRequested)
        {
            EnqueueBundles();
            var channels = Volatile.Read(ref _options).Channels;
            Attempt(() => _store.Route(channels));
            await Task.WhenAll(channels.Select(DeliverAsync));
            Attempt(GiveUp);
            Attempt(() => _backlog = _store.Backlog());
            await PauseAsync();
        }
    }

    private async Task DeliverAsync(ChannelOptions channel)
    {
        try
        {
            while (!_ending.IsCancellationRequested && await TryNextAsync(_store, channel, _sign, _time, _logger, _stopping.Token) is true)
            {
                // A channel that takes alerts gets the next at once; one that does not has a pause with each.
            }
        }
        catch (Exception e) when (e is SqliteException or OperationCanceledException or InvalidOperationException)
        {
            if (e is not OperationCanceledException)
                Log.Troubled(_logger, e.Message);
        }
    }

    /// <returns>Null where nothing is due, otherwise whether it was taken.</returns>
    private static async Task<bool?> TryNextAsync(AlertStore store, ChannelOptions channel, SignRequest sign, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        if (store.Claim(channel.Name, Lease) is not var (message, tries))
            return null;
        try
        {
            await SendAsync(channel, message.Alert, sign, time, cancellationToken);
            store.Delivered(message.Id, channel.Name);
            return true;
        }
        catch (OperationCanceledException)
        {
            store.Return(message.Id, channel.Name);
            throw;
        }
        catch (Exception e)
        {
            // Whatever goes wrong with one delivery must not end the deliveries; only our own messages are known to hold no secret.
            var error = e is DeliveryException ? e.Message : e.GetType().Name;
            var pause = PauseAfter(tries, (e as DeliveryException)?.RetryAfter);
            store.Failed(message.Id, channel.Name, error, pause);
            Log.Failed(logger, channel.Name, message.Alert.Title, tries, error, pause);
            return false;
        }
    }

    /// <summary>10 s, 20 s, 40 s and so on up to an hour; longer where the other side asks for it.</summary>
    private static TimeSpan PauseAfter(int tries, TimeSpan? asked)
    {
        var pause = tries > 10 ? LongestPause : FirstPause * (1 << (tries - 1));
        pause = pause > LongestPause ? LongestPause : pause;
        return asked is { } wanted && wanted > pause ? (wanted > LongestPause ? LongestPause : wanted) : pause;
    }

    private void GiveUp()
    {
        foreach (var (title, channel, error) in _store.GiveUp(GiveUpAfter))
            Log.GivenUp(_logger, title, channel, error ?? "the channel is not configured");
    }

    private async Task PauseAsync()
    {
        var wait = LookInterval;
        Attempt(() =>
        {
            foreach (var channel in Volatile.Read(ref _options).Channels)
            {
                if (_store.NextDue(channel.Name) is { } due && due - _time.GetUtcNow() is var until && until < wait)
                    wait = until;
            }
        });
        wait = wait < ShortestWait ? ShortestWait : wait;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        var delay = Task.Delay(wait, _time, either.Token);
        await Task.WhenAny(delay, _kept.Reader.ReadAsync(either.Token).AsTask());
        await either.CancelAsync();
    }

    private bool Attempt(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            Log.Troubled(_logger, e.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(80, LogLevel.Warning, "Alert ({Kind}): {Title} {Advice}")]
        public static partial void Raised(ILogger logger, string kind, string title, string advice);

        [LoggerMessage(81, LogLevel.Warning, "{Channel} did not take the alert '{Title}' at try {Tries}: {Cause} The next try is in {Pause}")]
        public static partial void Failed(ILogger logger, string channel, string title, int tries, string cause, TimeSpan pause);

        [LoggerMessage(82, LogLevel.Error, "The alert '{Title}' is given up after a week without {Channel} taking it: {Cause}; mend the channel and run 'sluice alerts resend'")]
        public static partial void GivenUp(ILogger logger, string title, string channel, string cause);

        [LoggerMessage(83, LogLevel.Error, "{Dropped} alerts so far were not kept because too many came at once, the latest: {Title}")]
        public static partial void Dropped(ILogger logger, long dropped, string title);

        [LoggerMessage(84, LogLevel.Error, "The outbox of alerts has trouble and tries again: {Cause}")]
        public static partial void Troubled(ILogger logger, string cause);
    }
}
