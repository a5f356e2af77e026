using System.Collections.Concurrent;
using System.Globalization;
using Sluice.Core.Alerts;

namespace Sluice.Gateway.Stages.Limiting;

/// <summary>Tells of each caller that a limit throttles once an hour. Thread-safe.</summary>
internal sealed class ThrottleNews(RaiseAlert? raise, TimeProvider time)
{
    /// <summary>Callers that are remembered; beyond it nothing more is told within the hour.</summary>
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<(string Limit, string Subject), bool> _told = new();
    private long _hour;

    /// <summary>True for the first time in the hour.</summary>
    public bool Tell(Throttle throttle, string subject, TimeSpan waited)
    {
        var now = time.GetUtcNow();
        var hour = now.ToUnixTimeSeconds() / 3_600;
        if (Interlocked.Exchange(ref _hour, hour) != hour)
            _told.Clear();
        if (_told.Count >= MaxRemembered || !_told.TryAdd((throttle.Limit, subject), true))
            return false;
        raise?.Invoke(new Alert
        {
            Kind = AlertKind.Limit,
            Subject = $"{throttle.Limit}: {subject}",
            Occasion = now.UtcDateTime.ToString("yyyy-MM-ddTHH", CultureInfo.InvariantCulture),
            Title = string.Create(CultureInfo.InvariantCulture, $"{subject} is throttled by the limit '{throttle.Limit}' of {throttle.Value:#,0} {throttle.Unit}."),
            Advice = "Find out whether this caller should ask so much; if it should, raise the limit under limits.rules or quotas, after AWS has raised the account's quota where that is what it stands for. A lower max_tokens makes each call take less of a limit of tokens.",
            At = now,
            Facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["limit"] = throttle.Limit,
                ["subject"] = subject,
                ["value"] = throttle.Value.ToString(CultureInfo.InvariantCulture),
                ["unit"] = throttle.Unit,
                ["waited_ms"] = waited.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),
            },
        });
        return true;
    }
}
