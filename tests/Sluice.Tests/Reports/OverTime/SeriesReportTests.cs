using System.Globalization;
using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Reports;

namespace Sluice.Tests.Reports.OverTime;

/// <summary>Series equal what all records add up to, in every zone, also over both changes of the clock.</summary>
public sealed class SeriesReportTests
{
    private static readonly DateTimeOffset Spring = new(2026, 3, 25, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Autumn = new(2026, 10, 21, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<int, string> Ledgers() => new()
    {
        { 1, "UTC" }, { 2, "Europe/Berlin" }, { 3, "America/New_York" }, { 4, "Asia/Kolkata" }, { 5, "Asia/Kathmandu" }, { 6, "Australia/Lord_Howe" },
    };

    [Theory]
    [MemberData(nameof(Ledgers))]
    public async Task EveryStepAndGroupEqualsAPlainSumOverAllRecords(int seed, string zone)
    {
        using var ledger = await RandomLedger.CreateAsync(seed, seed % 2 == 0 ? Spring : Autumn, days: 8, calls: 600);
        foreach (var grain in (string[])["15m", "hour", "day", "week", "month"])
        {
            foreach (var metric in (string[])["cost", "calls", "tokens", "output_tokens", "saved", "error_share", "cached_share", "cost_per_call"])
            {
                var answer = await ledger.AskAsync("series", zone, ("metric", metric), ("by", "app,model"), ("grain", grain), ("from", Text(ledger.Records.Min(r => r.StartedAt))), ("top", "3"));
                var rows = answer.GetProperty("rows").EnumerateArray().Select(r => (Row: r, Name: Name(r), From: Moment(r, "from"), To: Moment(r, "to"))).ToList();
                var own = rows.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
                var named = ledger.Records.ToLookup(r => own.Contains(Name(r)) ? Name(r) : "(other)|", StringComparer.Ordinal);
                foreach (var (row, name, from, to) in rows)
                {
                    var records = named[name].Where(r => r.StartedAt >= from && r.StartedAt < to).ToList();
                    Assert.Equal(Expected(metric, records), Number(row.GetProperty("value")));
                    Assert.Equal(records.Count, row.GetProperty("calls").GetInt64());
                }
                var total = answer.GetProperty("totals")[0];
                Assert.Equal(ledger.Records.Count, total.GetProperty("calls").GetInt64());
                Assert.Equal(Expected(metric, ledger.Records), Number(total.GetProperty("value")));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ledgers))]
    public async Task SevenSingleDaysAddUpToTheWeek(int seed, string zone)
    {
        using var ledger = await RandomLedger.CreateAsync(seed, seed % 2 == 0 ? Spring : Autumn, days: 9, calls: 400);
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(ledger.Records.Min(r => r.StartedAt), TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime).AddDays(1);
        var week = await ledger.AskAsync("series", zone, ("metric", "cost"), ("from", $"{first:yyyy-MM-dd}"), ("to", $"{first.AddDays(7):yyyy-MM-dd}"));
        decimal sum = 0;
        for (var day = 0; day < 7; day++)
        {
            var one = await ledger.AskAsync("series", zone, ("metric", "cost"), ("from", $"{first.AddDays(day):yyyy-MM-dd}"), ("to", $"{first.AddDays(day + 1):yyyy-MM-dd}"));
            sum += Number(one.GetProperty("totals")[0].GetProperty("value"))!.Value;
        }
        Assert.Equal(Number(week.GetProperty("totals")[0].GetProperty("value")), sum);
    }

    [Fact]
    public async Task QuantilesAreWithinFivePercentOfTheTrueOnes()
    {
        using var ledger = await RandomLedger.CreateAsync(9, Autumn, days: 2, calls: 800);
        foreach (var (metric, of, share) in ((string, Func<InvocationRecord, double?>, double)[])[
            ("duration_p50", r => r.DurationMs, 0.5), ("duration_p90", r => r.DurationMs, 0.9), ("ttft_p99", r => r.TtftMs, 0.99)])
        {
            var shown = (double)Number((await ledger.AskAsync("series", "UTC", ("metric", metric), ("from", "3d"))).GetProperty("totals")[0].GetProperty("value"))!.Value;
            var all = ledger.Records.Select(of).OfType<double>().Order().ToList();
            var exact = all[(int)Math.Ceiling(share * all.Count) - 1];
            Assert.InRange(shown, exact * 0.95, exact * 1.05);
        }
    }

    [Fact]
    public async Task AnEarlierTimeStandsBesideEachStep()
    {
        using var ledger = await RandomLedger.CreateAsync(11, Autumn, days: 8, calls: 500);
        var now = await ledger.AskAsync("series", "Europe/Berlin", ("metric", "calls"), ("grain", "day"), ("from", "2026-10-26"), ("to", "2026-10-29"), ("compare", "previous"));
        var before = await ledger.AskAsync("series", "Europe/Berlin", ("metric", "calls"), ("grain", "day"), ("from", "2026-10-23"), ("to", "2026-10-26"));
        Assert.Equal(before.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("value").GetInt64()), now.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("before").GetInt64()));
        Assert.Equal(before.GetProperty("totals")[0].GetProperty("value").GetInt64(), now.GetProperty("totals")[0].GetProperty("before").GetInt64());
    }

    [Theory]
    [InlineData("by", "app,model,key", "by names 3 dimensions")]
    [InlineData("by", "modle", "Did you mean 'model'?")]
    [InlineData("where", "colour=red", "Calls have no 'colour'")]
    [InlineData("metric", "costs", "The nearest is 'cost'")]
    [InlineData("top", "0", "top '0' must be")]
    public async Task WhatIsNoQuestionIsRefused(string name, string value, string expected)
    {
        using var ledger = await RandomLedger.CreateAsync(1, Spring, days: 1, calls: 3);
        var mistake = await Assert.ThrowsAsync<ReportMistakeException>(() => ledger.AskAsync("series", "UTC", (name, value)));
        Assert.Contains(expected, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooManyStepsAreRefusedWithTheWayOut()
    {
        using var ledger = await RandomLedger.CreateAsync(1, Spring, days: 1, calls: 3);
        var mistake = await Assert.ThrowsAsync<ReportMistakeException>(() => ledger.AskAsync("series", "UTC", ("grain", "15m"), ("from", "2020-01-01")));
        Assert.Contains("take a longer grain or a shorter range", mistake.Message, StringComparison.Ordinal);
    }

    private static DateTimeOffset Moment(JsonElement row, string name) => DateTimeOffset.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static string Name(JsonElement row) => $"{row.GetProperty("app")}|{row.GetProperty("model")}";

    private static string Name(InvocationRecord record) => $"{record.Tags.GetValueOrDefault("app", "")}|{record.ServedModel ?? record.RequestedModel ?? ""}";

    private static decimal? Expected(string metric, List<InvocationRecord> records)
    {
        decimal Count(Func<Usage, decimal> of) => records.Sum(r => r.Usage is { } usage ? of(usage) : 0);
        var cost = records.Sum(r => r.Cost?.Usd ?? 0);
        return metric switch
        {
            "cost" => cost,
            "calls" => records.Count,
            "tokens" => Count(u => u.ContextTokens + u.Output),
            "output_tokens" => Count(u => u.Output),
            "saved" => records.Where(r => r is { Baseline: not null, Cost: not null }).Sum(r => r.Baseline!.Value.Usd - r.Cost!.Value.Usd),
            "error_share" => Ratio(records.Count(r => r.Outcome is Outcome.UpstreamError or Outcome.Refused), records.Count),
            "cached_share" => Ratio(Count(u => u.CacheRead), Count(u => u.ContextTokens)),
            "cost_per_call" => records.Count(r => r.Cost is not null) is var priced and > 0 ? decimal.Round(cost / priced, 12) : null,
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, null),
        };
    }

    private static decimal? Ratio(decimal part, decimal whole) => whole == 0 ? null : decimal.Round(part / whole, 6);

    private static decimal? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => value.GetDecimal(),
        _ => decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture),
    };

    private static string Text(DateTimeOffset moment) => TimeSpot.Text(new DateTimeOffset(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero));
}
