using Sluice.Configuration;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Upstreams;

namespace Sluice.Hosting.Reloading;

/// <summary>
/// The settings that hold from the start to the end. A reload that changes one is refused: said to be in force, it would be
/// a lie. A test has every setting either here or among those that a reload takes over.
/// </summary>
internal static class FixedSettings
{
    /// <summary>By name, each with its value in a form that compares by content.</summary>
    private static readonly (string Name, Func<SluiceOptions, object?> Value)[] All =
    [
        ("urls", o => string.Join(';', o.Urls)),
        ("data", o => Path.GetFullPath(o.DataDirectory)),
        ("kestrel", o => string.Join('\n', o.Kestrel.OrderBy(s => s.Key, StringComparer.OrdinalIgnoreCase).Select(s => $"{s.Key.ToUpperInvariant()}={s.Value}"))),
        ("log.format", o => o.Log.Format),
        ("reporting.time_zone", o => o.Reporting.TimeZone.Id),
        ("simulator", o => o.Simulator),
        ("limits.connections", o => o.Edge.Connections),
        ("limits.request_memory", o => o.Edge.RequestMemoryBytes),
        ("limits.first_byte", o => o.Edge.FirstByte),
        ("limits.headers", o => o.Edge.Headers),
        ("limits.body", o => o.Edge.Body),
        ("limits.idle", o => o.Edge.Idle),
        ("limits.shutdown", o => o.Edge.Shutdown),
        ("ledger.fsync", o => o.Ledger.Fsync),
        ("ledger.retention_days", o => o.Ledger.RetentionDays),
        ("budget_state.postgres", o => o.BudgetState.Postgres),
        ("budget_state.patience", o => o.BudgetState.Patience),
        ("levers.recall.disk", o => ArchiveOf(o)?.MaxBytes),
        ("levers.recall.lifetime, with replies on the disk,", o => ArchiveOf(o)?.MaxAge),
        ("levers.semantic.disk", o => o.Levers.All.Any(l => l.Semantic.DiskBytes > 0)),
    ];

    /// <summary>What the options change of them, each with what to do.</summary>
    public static IEnumerable<string> Changed(SluiceOptions started, SluiceOptions next)
    {
        foreach (var (name, value) in All)
        {
            if (!Equals(value(started), value(next)))
                yield return $"{name} can't change while Sluice runs; restart it, or put back what it was started with.";
        }
    }

    /// <summary>What the options need that only a start makes.</summary>
    public static IEnumerable<string> Missing(SluiceOptions started, SluiceOptions next)
    {
        if (next.Upstreams.Any(IsSimulator) && !started.Upstreams.Any(IsSimulator))
            yield return "An upstream is the simulator, explicitly or because none is named, and Sluice was started without it; name the upstream that is meant, or restart Sluice.";
    }

    /// <summary>The replies on the disk as the levers want them; null for none.</summary>
    public static (long MaxBytes, TimeSpan MaxAge)? ArchiveOf(SluiceOptions options)
    {
        var kept = options.Levers.All.Select(o => o.Recall).Where(r => r.DiskBytes > 0).ToList();
        return kept.Count == 0 ? null : (kept.Max(r => r.DiskBytes), kept.Max(r => r.Lifetime));
    }

    private static bool IsSimulator(UpstreamOptions upstream) => upstream.Kind == UpstreamKind.Simulator;
}
