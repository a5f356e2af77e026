using System.Globalization;
using Sluice.Core;

namespace Sluice.Insights.Forecasts;

/// <summary>What someone spent in one step of time.</summary>
/// <param name="Driver">Who, such as <c>chat with amazon.nova-pro-v1:0</c>.</param>
public readonly record struct SpendStep(DateTimeOffset At, string Driver, Money Spent);

/// <summary>
/// When a limit will be reached. Spending per step is a level that grows or shrinks by as much each step, times a pattern
/// that repeats (weekdays, hours of the day); the interval comes of replaying the steps' own deviations from that.
/// </summary>
public sealed record SpendForecast
{
    public const string NotEnough = "not enough history";

    /// <summary>Two repetitions of the pattern: with one, a pattern can't be told from a trend.</summary>
    private const int Repetitions = 2;

    private const int Paths = 400;

    private SpendForecast() { }

    /// <summary>There was too little to go by, and all else is unknown.</summary>
    public bool IsUnknown { get; private init; }

    /// <summary>The middle of the forecasts; null where the limit outlasts the window.</summary>
    public DateTimeOffset? BreachAt { get; private init; }

    /// <summary>One in ten forecasts is earlier; null where fewer reach the limit within the window.</summary>
    public DateTimeOffset? Earliest { get; private init; }

    /// <summary>One in ten is later; null where more outlast the window.</summary>
    public DateTimeOffset? Latest { get; private init; }

    /// <summary>The middle forecast of all spending by the window's end.</summary>
    public Money AtEnd { get; private init; }

    /// <summary>Who grew most, from the pattern's last repetition but one to its last; null where nobody did.</summary>
    public string? Driver { get; private init; }

    /// <summary>By how much a step, from the one repetition to the other.</summary>
    public Money DriverGrowth { get; private init; }

    /// <param name="spending">In any order; what is outside of the range is left out.</param>
    /// <param name="from">The beginning of the first step.</param>
    /// <param name="end">The end of the last whole step.</param>
    /// <param name="step">The length of one.</param>
    /// <param name="season">Steps after which the pattern repeats: 7 days, or 24 hours.</param>
    /// <param name="spent">Of the limit, until <paramref name="now"/>.</param>
    /// <param name="windowEnd">When the limit begins anew.</param>
    public static SpendForecast Of(
        IEnumerable<SpendStep> spending, DateTimeOffset from, DateTimeOffset end, TimeSpan step, int season, Money spent, Money limit, DateTimeOffset now, DateTimeOffset windowEnd)
    {
        var steps = (int)((end - from) / step);
        var byDriver = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var (at, driver, amount) in spending)
        {
            var index = (int)Math.Floor((at - from) / step);
            if (index < 0 || index >= steps)
                continue;
            if (!byDriver.TryGetValue(driver, out var series))
                byDriver[driver] = series = new double[steps];
            series[index] += (double)amount.Usd;
        }
        var total = new double[steps];
        foreach (var series in byDriver.Values)
        {
            for (var i = 0; i < steps; i++)
                total[i] += series[i];
        }
        // History begins with the first spending: the silence before it says nothing of the future.
        var first = Array.FindIndex(total, t => t > 0);
        if (first < 0 || steps - first < Repetitions * season)
            return new SpendForecast { IsUnknown = true };
        var fit = SeasonalFit.Of(total.AsSpan(first), season);
        var ahead = Simulate(fit, steps - first, step, end, (double)spent.Usd, (double)limit.Usd, now, windowEnd);
        var (grown, growth) = Growth(byDriver, steps, season);
        return ahead with { Driver = grown, DriverGrowth = growth };
    }

    public override string ToString()
    {
        if (IsUnknown)
            return NotEnough;
        var driver = Driver is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; {Driver} grows most");
        return BreachAt is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"reached about {at.UtcDateTime:yyyy-MM-dd HH:mm}Z ({Day(Earliest)} to {Day(Latest)}){driver}")
            : string.Create(CultureInfo.InvariantCulture, $"about {AtEnd.Usd:0.00} USD by the reset{(Earliest is null ? "" : $", reached {Day(Earliest)} at the earliest")}{driver}");
    }

    private static string Day(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "not before the reset";

    private static SpendForecast Simulate(SeasonalFit fit, int length, TimeSpan step, DateTimeOffset end, double spent, double limit, DateTimeOffset now, DateTimeOffset windowEnd)
    {
        // The same history gives the same forecast.
        var random = new Random(length);
        var breaches = new List<DateTimeOffset>();
        var ends = new double[Paths];
        for (var path = 0; path < Paths; path++)
        {
            var (sum, at, index) = (spent, now, length);
            DateTimeOffset? breach = null;
            while (at < windowEnd)
            {
                var stepStart = end + ((index - length) * step);
                var stepEnd = stepStart + step < windowEnd ? stepStart + step : windowEnd;
                var amount = Math.Max(0, fit.At(index) + fit.Residuals[random.Next(fit.Residuals.Length)]) * ((stepEnd - at) / step);
                if (breach is null && sum + amount >= limit && amount > 0)
                    breach = at + ((stepEnd - at) * ((limit - sum) / amount));
                (sum, at, index) = (sum + amount, stepEnd, index + 1);
            }
            ends[path] = sum;
            if (breach is { } reached)
                breaches.Add(reached);
        }
        breaches.Sort();
        Array.Sort(ends);
        return new SpendForecast
        {
            BreachAt = Quantile(breaches, 0.5),
            Earliest = Quantile(breaches, 0.1),
            Latest = Quantile(breaches, 0.9),
            AtEnd = Money.FromUsd((decimal)Math.Min(ends[Paths / 2], 1e12)),
        };
    }

    /// <summary>A quantile over all paths; those that never reach the limit come after all others.</summary>
    private static DateTimeOffset? Quantile(List<DateTimeOffset> breaches, double share) => (int)(share * Paths) is var place && place < breaches.Count ? breaches[place] : null;

    private static (string? Driver, Money Growth) Growth(Dictionary<string, double[]> byDriver, int steps, int season)
    {
        string? most = null;
        var growth = 0.0;
        foreach (var (driver, series) in byDriver.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var grown = (series.AsSpan(steps - season).ToArray().Sum() - series.AsSpan(steps - (2 * season), season).ToArray().Sum()) / season;
            if (grown > growth)
                (most, growth) = (driver, grown);
        }
        return (most, Money.FromUsd((decimal)growth));
    }
}
