using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Logs;

/// <summary>The requests as the simulator saw them: the last of them in memory, all of them in the file, a line at a time.</summary>
internal sealed class RequestLog : IDisposable
{
    private readonly ConcurrentQueue<SimulatedRequest> _last = new();
    private readonly int _capacity;
    private readonly SafeFileHandle? _file;
    private long _end;

    // A line is written out by the thread that made it before that thread does anything else.
    [ThreadStatic]
    private static ReplyJson? _line;

    /// <exception cref="SimulatorStartException">The file can't be opened.</exception>
    public RequestLog(string? path, int capacity)
    {
        _capacity = capacity;
        if (path is null)
            return;
        try
        {
            _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            _end = RandomAccess.GetLength(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorStartException($"The log can't be written to '{path}' ({e.Message}); give --log a file in a folder that exists and can be written to.", e);
        }
    }

    public IReadOnlyList<SimulatedRequest> Last => [.. _last];

    public void Write(Call call)
    {
        var entry = EntryOf(call);
        if (_capacity > 0)
            _last.Enqueue(entry);
        while (_last.Count > _capacity)
            _last.TryDequeue(out _);
        if (_file is null)
            return;

        var line = _line ??= ReplyJson.Rent();
        JsonSerializer.Serialize(line.Writer, entry, SimulatedRequestJson.Default.SimulatedRequest);
        line.WriteLineBreak();
        // Each line takes its place first and is then written without a lock: with one, callers in parallel queue up
        // behind whoever the operating system has put aside.
        var bytes = line.Written;
        RandomAccess.Write(_file, bytes.Span, Interlocked.Add(ref _end, bytes.Length) - bytes.Length);
        line.Clear();
    }

    public void Clear() => _last.Clear();

    public void Dispose() => _file?.Dispose();

    private static SimulatedRequest EntryOf(Call call) => new()
    {
        Time = call.Time,
        RequestId = call.RequestId,
        SdkInvocationId = call.Http.Request.Headers.TryGetValue("amz-sdk-invocation-id", out var id) ? id.ToString() : null,
        Operation = call.OperationName,
        Model = call.ModelIdentifier,
        BaseModel = call.Target?.Model.Id,
        Profile = call.Target?.Profile,
        Region = call.Caller.Region,
        Tier = call.Tier.Name(),
        LatencyOptimized = call.LatencyOptimized,
        Status = call.Outcome == SimulatedOutcome.IncompleteRequest ? 0 : call.Http.Response.StatusCode,
        Outcome = call.Outcome,
        Error = call.Error,
        Billed = call.Billed,
        Input = call.Usage.Input,
        CacheRead = call.Usage.CacheRead,
        CacheWrite5m = call.Usage.CacheWrite5m,
        CacheWrite1h = call.Usage.CacheWrite1h,
        Output = call.Usage.Output,
        Units = call.Usage.Units.IsEmpty
            ? ImmutableSortedDictionary<string, decimal>.Empty
            : call.Usage.Units.GroupBy(unit => unit.Kind.Name(), StringComparer.Ordinal).ToImmutableSortedDictionary(group => group.Key, group => group.Sum(unit => unit.Count), StringComparer.Ordinal),
        Streamed = call.Streamed,
    };
}
