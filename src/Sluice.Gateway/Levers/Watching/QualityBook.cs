using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Alerts;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>
/// The verdicts on levers that may change answers, and the switches that follow from them: where a lever's answers are worse
/// than the baseline's by more than their owner's margin, with 95 % confidence, it goes to shadow for the calls of that app
/// and task, until the owner resumes it. It lies in <c>quality.json</c> in the data directory, which the gateway alone
/// writes; the owner's resumptions are lines of another file, so that neither overwrites the other.
/// </summary>
public sealed partial class QualityBook : IDisposable
{
    private const string FileName = "quality.json";
    private const string ResumptionsName = "quality-resumed.jsonl";

    /// <summary>Tags may be anything that callers send; the bound keeps them from filling memory.</summary>
    private const int MaxScopes = 4_096;

    /// <summary>Verdicts that a killed process may lose. A switch is written at once.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RecheckInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<WatchedScope, QualityEntry> _entries = [];
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly ILogger<QualityBook> _logger;
    private volatile ImmutableHashSet<WatchedScope> _suspended = [];
    private long _resumptionBytes;
    private long _checkedAt;
    private long _savedAt;
    private readonly bool _isReader;
    private bool _isChanged;
    private bool _isFull;

    private QualityBook(string directory, TimeProvider time, ILogger<QualityBook> logger, bool isReader)
    {
        (_directory, _time, _logger, _isReader) = (directory, time, logger, isReader);
        _checkedAt = _savedAt = time.GetTimestamp();
    }

    /// <summary>Opens the book of a data directory, which need not exist yet.</summary>
    /// <exception cref="IOException">The file can't be read, or is damaged: which levers are switched off is not to be guessed.</exception>
    public static QualityBook Open(string directory, TimeProvider time, ILogger<QualityBook> logger) => Open(directory, time, logger, isReader: false);

    /// <summary>What the book of a data directory says, whether or not a gateway is writing it.</summary>
    /// <exception cref="IOException">As for <see cref="Open(string, TimeProvider, ILogger{QualityBook})"/>.</exception>
    public static ImmutableArray<QualityEntry> Read(string directory)
    {
        using var book = Open(directory, TimeProvider.System, NullLogger<QualityBook>.Instance, isReader: true);
        return book.Entries;
    }

    private static QualityBook Open(string directory, TimeProvider time, ILogger<QualityBook> logger, bool isReader)
    {
        var book = new QualityBook(directory, time, logger, isReader);
        var file = Path.Combine(directory, FileName);
        if (File.Exists(file))
        {
            try
            {
                var kept = JsonSerializer.Deserialize(File.ReadAllBytes(file), QualityJson.Default.QualityFile) ?? new QualityFile(0, []);
                book._resumptionBytes = kept.ResumptionBytes;
                foreach (var entry in kept.Entries.IsDefault ? [] : kept.Entries)
                    book._entries[entry.Scope] = entry;
            }
            catch (JsonException e)
            {
                throw new IOException($"'{file}' is damaged: restore it from a backup, or remove it to begin with no lever suspended and no verdict.", e);
            }
        }
        book.TakeResumptions();
        book.Switch();
        return book;
    }

    /// <summary>Writes that every lever that fits may act again, from a process beside the gateway, which notices within a second.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Resume(string directory, string? app, string? task, string? lever)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(new Resumption(app, task, lever), QualityJson.Default.Resumption);
        using var file = new FileStream(Path.Combine(directory, ResumptionsName), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write([.. line, (byte)'\n']);
    }

    /// <summary>Who is told of levers that are switched off.</summary>
    public RaiseAlert? Raise { private get; set; }

    /// <summary>Everything that is known, by app, task and lever.</summary>
    public ImmutableArray<QualityEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                TakeResumptions();
                return [.. _entries.Values.OrderBy(e => e.Scope.App, StringComparer.Ordinal).ThenBy(e => e.Scope.Task, StringComparer.Ordinal).ThenBy(e => e.Scope.Lever, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Scopes whose lever is in shadow.</summary>
    public int Suspended => _suspended.Count;

    /// <summary>The options of a call, with those levers in shadow that are suspended for it.</summary>
    public LeverOptions Apply(LeverOptions options, ImmutableSortedDictionary<string, string> tags)
    {
        if (_suspended.IsEmpty)
            return options;
        if (_time.GetElapsedTime(Interlocked.Read(ref _checkedAt)) >= RecheckInterval)
        {
            lock (_gate)
                TakeResumptions();
        }
        foreach (var lever in WatchedLevers.All)
        {
            if (options.ModeOf(lever) == LeverMode.On && _suspended.Contains(WatchedScope.Of(tags, lever)))
                options = options.With(lever, LeverMode.Shadow);
        }
        return options;
    }

    /// <summary>Writes what is not written yet.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isChanged)
                Save();
        }
    }

    /// <summary>There is room for what samples of the scope say; without it none should be paid for.</summary>
    internal bool HasRoomFor(WatchedScope scope)
    {
        lock (_gate)
        {
            if (_entries.Count < MaxScopes || _entries.ContainsKey(scope))
                return true;
            if (!_isFull)
                Log.Full(_logger, MaxScopes);
            _isFull = true;
            return false;
        }
    }

    /// <summary>Takes a pair of answers into account.</summary>
    internal void Add(WatchedScope scope, double margin, bool treatedGood, bool baselineGood) =>
        Change(scope, entry => entry with { Margin = margin, Pairs = entry.Pairs.With(treatedGood, baselineGood) });

    internal void NotCompared(WatchedScope scope, double margin) =>
        Change(scope, entry => entry with { Margin = margin, NotCompared = entry.NotCompared + 1 });

    private void Change(WatchedScope scope, Func<QualityEntry, QualityEntry> change)
    {
        lock (_gate)
        {
            TakeResumptions();
            var entry = change(_entries.GetValueOrDefault(scope) ?? new QualityEntry(scope));
            var fails = entry.SuspendedAt is null && NonInferiority.Fails(entry.Pairs, entry.Margin);
            if (fails)
                entry = entry with { SuspendedAt = _time.GetUtcNow() };
            _entries[scope] = entry;
            _isChanged = true;
            if (fails)
            {
                Switch();
                Complain(entry);
            }
            if (fails || _time.GetElapsedTime(_savedAt) >= SaveInterval)
                Save();
        }
    }

    private void Switch() => _suspended = [.. _entries.Values.Where(e => e.SuspendedAt is not null).Select(e => e.Scope)];

    private void Complain(QualityEntry entry)
    {
        var (_, high) = entry.Bounds;
        Log.Suspended(
            _logger, entry.Scope.Lever, entry.Scope.App ?? "(none)", entry.Scope.Task ?? "(none)", entry.Pairs.Count,
            Percent(entry.Pairs.TreatedShare), Percent(entry.Pairs.BaselineShare), (100 * high).ToString("0.0", CultureInfo.InvariantCulture));
        var (lever, app, task) = (entry.Scope.Lever, entry.Scope.App ?? "(none)", entry.Scope.Task ?? "(none)");
        Raise?.Invoke(new Alert
        {
            Kind = AlertKind.Quality,
            Subject = $"{lever}, app {app}, task {task}",
            // Who resumes a lever wants to hear of it again.
            Occasion = entry.SuspendedAt!.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            Title = $"The lever {lever} is in shadow for app {app}, task {task}: {Percent(entry.Pairs.TreatedShare)} % of its answers are good, {Percent(entry.Pairs.BaselineShare)} % of the baseline's.",
            Advice = "'sluice quality' shows the samples. Change what the lever does there, such as the route's model, and then lift the switch with 'sluice levers resume'; until then these calls go without it.",
            At = entry.SuspendedAt.Value,
            Facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["lever"] = lever,
                ["app"] = app,
                ["task"] = task,
                ["samples"] = entry.Pairs.Count.ToString(CultureInfo.InvariantCulture),
                ["good_percent"] = Percent(entry.Pairs.TreatedShare),
                ["baseline_good_percent"] = Percent(entry.Pairs.BaselineShare),
            },
        });
    }

    private static string Percent(double? share) => (100 * share ?? 0).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>What the owner has resumed begins anew, without the evidence so far: presumably something has changed.</summary>
    private void TakeResumptions()
    {
        Interlocked.Exchange(ref _checkedAt, _time.GetTimestamp());
        try
        {
            var path = new FileInfo(Path.Combine(_directory, ResumptionsName));
            if (!path.Exists || path.Length <= _resumptionBytes)
                return;
            using var file = new FileStream(path.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Position = _resumptionBytes;
            var bytes = new byte[file.Length - _resumptionBytes];
            file.ReadExactly(bytes);
            // A line without its end is still being written.
            for (int end, from = 0; (end = bytes.AsSpan(from).IndexOf((byte)'\n')) >= 0; from += end + 1)
            {
                _resumptionBytes += end + 1;
                if (Read(bytes.AsSpan(from, end)) is not { } resumption)
                    continue;
                foreach (var scope in _entries.Keys.Where(resumption.Fits).ToList())
                    _entries.Remove(scope);
            }
            Switch();
            Save();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotRead(_logger, e, ResumptionsName, _directory);
        }
    }

    private static Resumption? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, QualityJson.Default.Resumption);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The file is replaced whole, so a process that is killed leaves the one before or this one.</summary>
    private void Save()
    {
        if (_isReader)
            return;
        try
        {
            Directory.CreateDirectory(_directory);
            var file = Path.Combine(_directory, FileName);
            File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(new QualityFile(_resumptionBytes, [.. _entries.Values]), QualityJson.Default.QualityFile));
            File.Move(file + ".new", file, overwrite: true);
            _isChanged = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The switches hold in memory, and the next change tries again.
            Log.NotSaved(_logger, e, _directory);
        }
        _savedAt = _time.GetTimestamp();
    }

    private static partial class Log
    {
        [LoggerMessage(63, LogLevel.Error, "The lever {Lever} is in shadow from now on for app {App}, task {Task}: of {Samples} calls answered twice, {Treated} % of its answers are good and {Baseline} % of the baseline's, and with 95 % confidence the difference is below {High} points. 'sluice quality' shows it, 'sluice levers resume' lifts it")]
        public static partial void Suspended(ILogger logger, string lever, string app, string task, long samples, string treated, string baseline, string high);

        [LoggerMessage(64, LogLevel.Warning, "Quality is watched for {MaxScopes} apps and tasks, which is the limit; others are not. Do app and task tags have values that are different for each call?")]
        public static partial void Full(ILogger logger, int maxScopes);

        [LoggerMessage(65, LogLevel.Error, "{File} in {Directory} can't be read, so levers that it resumes stay in shadow")]
        public static partial void NotRead(ILogger logger, Exception exception, string file, string directory);

        [LoggerMessage(66, LogLevel.Error, "The verdicts on levers can't be written to {Directory}; they hold until the process ends")]
        public static partial void NotSaved(ILogger logger, Exception exception, string directory);
    }
}
