using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Logs;

/// <summary>The requests as the simulator saw them: the last of them in memory, all of them in the file, a line at a time.</summary>
internal sealed class RequestLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<SimulatedRequest> _last = new();
    private readonly int _capacity;
    private readonly FileStream? _file;
    private readonly MemoryStream _line = new();
    private readonly Utf8JsonWriter _json;

    /// <exception cref="SimulatorStartException">The file can't be opened.</exception>
    public RequestLog(string? path, int capacity)
    {
        _capacity = capacity;
        _json = new Utf8JsonWriter(_line, ReplyJson.Options);
        try
        {
            // Without a buffer, each line is with the operating system before the next request is answered.
            _file = path is null ? null : new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorStartException($"The log can't be written to '{path}' ({e.Message}); give --log a file in a folder that exists and can be written to.", e);
        }
    }

    public IReadOnlyList<SimulatedRequest> Last
    {
        get { lock (_gate) return [.. _last]; }
    }

    public void Write(Call call)
    {
        var entry = EntryOf(call);
        lock (_gate)
        {
            if (_last.Count >= _capacity)
                _last.TryDequeue(out _);
            if (_capacity > 0)
                _last.Enqueue(entry);
            if (_file is null)
                return;
            JsonSerializer.Serialize(_json, entry, SimulatedRequestJson.Default.SimulatedRequest);
            _json.Flush();
            _line.WriteByte((byte)'\n');
            _file.Write(_line.GetBuffer(), 0, (int)_line.Length);
            _line.SetLength(0);
            _json.Reset();
        }
    }

    public void Clear()
    {
        lock (_gate)
            _last.Clear();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _json.Dispose();
            _line.Dispose();
            _file?.Dispose();
        }
    }

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
