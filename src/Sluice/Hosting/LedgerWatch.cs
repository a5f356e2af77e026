using System.Globalization;
using Sluice.Core.Alerts;
using Sluice.Ledger;

namespace Sluice.Hosting;

/// <summary>Tells of the ledger's trouble: that it does not record as it should, and that records are lost or damaged. Once an hour each.</summary>
internal sealed class LedgerWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Func<LedgerHealth> _health;
    private readonly RaiseAlert _raise;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _lost;
    private long _corrupt;

    public LedgerWatch(Func<LedgerHealth> health, RaiseAlert raise, TimeProvider time)
    {
        (_health, _raise, _time) = (health, raise, time);
        _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var health = _health();
        if (health.Status != LedgerStatus.Healthy)
        {
            var what = health.Status == LedgerStatus.Failed ? "does not record calls" : "lags behind or has records that wait";
            Raise(health, health.Status.ToString().ToLowerInvariant(), $"The ledger {what}: {health.Message}", "See /readyz for its state. Give it room on its disk and the right to write there; what waits is written then. ledger.on_failure says whether calls go on meanwhile.");
        }
        if (health.Lost > Interlocked.Exchange(ref _lost, health.Lost))
            Raise(health, "lost", $"The ledger has given up {health.Lost} records since the start: these calls stay in it as interrupted.", "Reconcile the hour with the bill ('sluice reconcile') to see what is missing, and mend the disk.");
        if (health.CorruptLines > Interlocked.Exchange(ref _corrupt, health.CorruptLines))
            Raise(health, "corrupt", $"{health.CorruptLines} lines of the journal are damaged and were passed over.", "Check the disk; restore the journal's files from a backup where there is one, and reconcile with the bill.");
    }

    private void Raise(LedgerHealth health, string subject, string title, string advice)
    {
        var now = _time.GetUtcNow();
        _raise(new Alert
        {
            Kind = AlertKind.Ledger,
            Subject = subject,
            Occasion = now.UtcDateTime.ToString("yyyy-MM-ddTHH", CultureInfo.InvariantCulture),
            Title = title,
            Advice = advice,
            At = now,
            Facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["status"] = health.Status.ToString().ToLowerInvariant(),
                ["pending"] = health.Pending.ToString(CultureInfo.InvariantCulture),
                ["lost"] = health.Lost.ToString(CultureInfo.InvariantCulture),
                ["corrupt_lines"] = health.CorruptLines.ToString(CultureInfo.InvariantCulture),
            },
        });
    }
}
