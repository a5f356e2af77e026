using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Sluice.Gateway.Stages.Keeping;

/// <summary>
/// Writes calls with their bodies into a directory, as gzip JSON lines, a file an hour. It holds prompts and replies, so its
/// files are for their owner alone. It runs behind the calls: what does not fit its queue is dropped, counted and logged,
/// and no call ever waits for it. Each batch is a gzip member of its own, so a process that dies loses at most the last.
/// </summary>
public sealed partial class InvocationLog : IAsyncDisposable
{
    /// <summary>A longer reply is kept without its body.</summary>
    public const long MaxReplyBytes = 8 * 1024 * 1024;

    private const int MaxWaiting = 4_096;
    private const long MaxWaitingBytes = 64 * 1024 * 1024;
    private const int MaxBatch = 512;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan BatchInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ComplaintInterval = TimeSpan.FromMinutes(1);

    private readonly Channel<KeptCall> _waiting = Channel.CreateBounded<KeptCall>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _directory;
    private readonly string _writer;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<InvocationLog> _logger;
    private readonly Task _writing;
    private long _waitingBytes;
    private long _dropped;
    private long _complainedAt;

    /// <param name="directory">Made where it does not exist.</param>
    /// <param name="metrics">Counts what is dropped.</param>
    /// <param name="time">The clock that names the files.</param>
    /// <param name="logger">Hears of what is dropped.</param>
    /// <exception cref="IOException">The directory can't be made.</exception>
    public InvocationLog(string directory, GatewayMetrics metrics, TimeProvider time, ILogger<InvocationLog> logger)
    {
        (_directory, _metrics, _time, _logger) = (directory, metrics, time, logger);
        // Two processes, or two lives of one, never append to one file.
        _writer = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        MakeDirectory(directory);
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Calls that were not kept, for want of room or because they could not be written.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _writing;
        _stopping.Dispose();
    }

    internal void Add(KeptCall call)
    {
        if (Interlocked.Add(ref _waitingBytes, call.Bytes) <= MaxWaitingBytes && _waiting.Writer.TryWrite(call))
            return;
        Interlocked.Add(ref _waitingBytes, -call.Bytes);
        Drop(1, "the disk does not keep up");
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<KeptCall>(MaxBatch);
        var text = new ArrayBufferWriter<byte>(256 * 1024);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            await GatherAsync();
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var call))
                batch.Add(call);
            foreach (var hour in batch.GroupBy(c => c.Record.StartedAt.UtcDateTime.ToString("yyyy/MM/dd/HH", CultureInfo.InvariantCulture), StringComparer.Ordinal))
                Write(hour.Key, [.. hour], text);
            foreach (var call in batch)
                Interlocked.Add(ref _waitingBytes, -call.Bytes);
            batch.Clear();
        }
    }

    /// <summary>Waits a moment, since many lines compress better than one.</summary>
    private async Task GatherAsync()
    {
        try
        {
            await Task.Delay(BatchInterval, _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The process stops: what is here is written at once.
        }
    }

    private void Write(string hour, IReadOnlyList<KeptCall> calls, ArrayBufferWriter<byte> text)
    {
        try
        {
            text.ResetWrittenCount();
            foreach (var call in calls)
                InvocationLogLine.Write(text, call);
            var folder = Path.Combine(_directory, hour);
            MakeDirectory(folder);
            using var file = new FileStream(Path.Combine(folder, _writer + ".json.gz"), Options());
            using var gzip = new GZipStream(file, CompressionLevel.Fastest);
            gzip.Write(text.WrittenSpan);
        }
        catch (Exception e)
        {
            Drop(calls.Count, e.Message);
        }
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }

    private static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Loudly, but not once a call.</summary>
    private void Drop(int calls, string cause)
    {
        _metrics.NotKept(calls);
        var dropped = Interlocked.Add(ref _dropped, calls);
        var now = _time.GetTimestamp();
        var before = Interlocked.Read(ref _complainedAt);
        if ((before == 0 || _time.GetElapsedTime(before, now) >= ComplaintInterval) && Interlocked.CompareExchange(ref _complainedAt, now, before) == before)
            Log.Dropped(_logger, dropped, _directory, cause);
    }

    private static partial class Log
    {
        [LoggerMessage(5, LogLevel.Error, "{Dropped} calls so far are missing from the recording in {Directory}: {Cause}")]
        public static partial void Dropped(ILogger logger, long dropped, string directory, string cause);
    }
}
