using System.Globalization;
using Sluice.Core;
using Sluice.Core.Alerts;

namespace Sluice.Insights.Alerting;

/// <summary>
/// Bundles the alerts of a kind that any caller can provoke, so that a flood of calls causes no flood of mails: the first
/// are told at once, and all that follow within the hour in one alert at its end. Thread-safe.
/// </summary>
/// <param name="atOnce">Alerts of an hour that are told at once.</param>
internal sealed class AlertBundle(int atOnce, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Alerts that are told apart within an hour; more are only counted.</summary>
    private const int MaxKnown = 1_000;

    /// <summary>Subjects that the bundle names beside the first.</summary>
    private const int MaxNamed = 5;

    private readonly Lock _gate = new();
    private readonly HashSet<(string Subject, string Occasion)> _known = [];
    private readonly List<string> _named = [];
    private Alert? _first;
    private long _held;
    private DateTimeOffset? _endsAt;

    /// <summary>Whether the alert waits for the bundle, or for nothing because it is known; otherwise it is to be told now.</summary>
    public bool TryHold(Alert alert)
    {
        var subject = PlainText.Of(alert.Subject);
        var known = (subject, alert.Occasion);
        lock (_gate)
        {
            _endsAt ??= time.GetUtcNow() + Window;
            if (_known.Contains(known))
                return true;
            if (_known.Count < MaxKnown)
                _known.Add(known);
            if (_known.Count <= atOnce)
                return false;
            if (_first is null)
                _first = alert;
            else if (_named.Count < MaxNamed)
                _named.Add(subject);
            _held++;
            return true;
        }
    }

    /// <summary>What was held, once its hour is over.</summary>
    /// <param name="isEnd">The process ends: what is held is due now.</param>
    public Alert? TakeDue(bool isEnd = false)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_endsAt is not { } end || (now < end && !isEnd))
                return null;
            var due = _held > 1 ? Together(_first!, now) : _first;
            _known.Clear();
            _named.Clear();
            (_first, _held, _endsAt) = (null, 0, null);
            return due;
        }
    }

    private Alert Together(Alert first, DateTimeOffset now) => first with
    {
        Occasion = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture),
        Title = string.Create(CultureInfo.InvariantCulture, $"{first.Title} There were {_held - 1} more such alerts within the hour, for {string.Join(", ", _named)}{(_held - 1 > _named.Count ? " and others" : "")}."),
        At = now,
        Facts = new Dictionary<string, string>(first.Facts, StringComparer.Ordinal) { ["alerts"] = _held.ToString(CultureInfo.InvariantCulture) },
    };
}
