using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Reports;

namespace Sluice.Tests.Reports.Calls;

/// <summary>Single calls by any filter, page by page.</summary>
public sealed class CallsReportTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 10, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task PagesHoldEveryCallOnceTheNewestFirst()
    {
        using var ledger = await RandomLedger.CreateAsync(21, Start, days: 3, calls: 250);
        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = await ledger.AskAsync("calls", "UTC", [("from", "30d"), ("limit", "60"), .. cursor is null ? Array.Empty<(string, string)>() : [("cursor", cursor)]]);
            found.AddRange(page.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("invocation_id").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(ledger.Records.Count, found.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(ledger.Records.Count, found.Count);
        var times = ledger.Records.ToDictionary(r => r.InvocationId, r => r.StartedAt, StringComparer.Ordinal);
        Assert.All(found.Zip(found.Skip(1)), pair => Assert.True(times[pair.First].UtcTicks / 10 >= times[pair.Second].UtcTicks / 10));
    }

    [Theory]
    [InlineData("where", "app=chat")]
    [InlineData("where", "app=c*,model=*nova*")]
    [InlineData("where", "outcome=completed")]
    [InlineData("where", "outcome=upstream_error")]
    [InlineData("where", "team=red")]
    [InlineData("unpriced", "true")]
    [InlineData("estimated", "true")]
    [InlineData("min_cost", "0.01")]
    public async Task AFilterFindsWhatAllRecordsSay(string name, string value)
    {
        using var ledger = await RandomLedger.CreateAsync(22, Start, days: 3, calls: 300);
        var words = name == "where" && value.Contains(",model", StringComparison.Ordinal)
            ? value.Split(",model").Select((part, i) => ("where", i == 0 ? part : "model" + part)).ToArray()
            : [(name, value)];
        var page = await ledger.AskAsync("calls", "UTC", [.. words, ("limit", "500")]);
        var expected = ledger.Records.Where(r => value switch
        {
            "app=chat" => r.Tags.GetValueOrDefault("app") == "chat",
            "app=c*,model=*nova*" => r.Tags.GetValueOrDefault("app", "").StartsWith('c') && (r.ServedModel ?? r.RequestedModel ?? "").Contains("nova", StringComparison.Ordinal),
            "outcome=completed" => r.Outcome == Outcome.Completed,
            "outcome=upstream_error" => r.Outcome == Outcome.UpstreamError,
            "team=red" => r.Tags.GetValueOrDefault("team") == "red",
            "0.01" => r.Cost?.Usd >= 0.01m,
            _ when name == "unpriced" => r.Cost is null,
            _ => r.Usage?.Source == UsageSource.Estimated,
        }).Select(r => r.InvocationId).Order(StringComparer.Ordinal);
        Assert.Equal(expected, page.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("invocation_id").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task RowsSayWhatTheRecordSays()
    {
        using var ledger = await RandomLedger.CreateAsync(23, Start, days: 1, calls: 120);
        var page = await ledger.AskAsync("calls", "UTC", ("limit", "500"));
        foreach (var row in page.GetProperty("rows").EnumerateArray())
        {
            var record = ledger.Records.Single(r => r.InvocationId == row.GetProperty("invocation_id").GetString());
            Assert.Equal(record.KeyId ?? "", row.GetProperty("key").GetString());
            Assert.Equal(record.Outcome.Name(), row.GetProperty("outcome").GetString());
            Assert.Equal(record.Cost?.ToString(), row.GetProperty("cost_usd").GetString());
            Assert.Equal(record.Usage?.ContextTokens, row.GetProperty("input_tokens").ValueKind == JsonValueKind.Null ? null : row.GetProperty("input_tokens").GetInt64());
            Assert.Equal(record.Usage?.Source == UsageSource.Estimated, row.GetProperty("estimated").GetBoolean());
        }
    }

    [Fact]
    public async Task ACursorOfAnotherQuestionIsRefused()
    {
        using var ledger = await RandomLedger.CreateAsync(24, Start, days: 1, calls: 30);
        var cursor = (await ledger.AskAsync("calls", "UTC", ("limit", "10"), ("where", "app=*"))).GetProperty("next_cursor").GetString()!;
        foreach (var wrong in (string[])[cursor[..^1] + (cursor[^1] == 'A' ? 'B' : 'A'), "", "AAAA", "not a cursor", new string('A', 27), cursor + "A"])
        {
            if (wrong.Length > 0)
                Assert.StartsWith($"cursor '{wrong}' is of another question", (await Assert.ThrowsAsync<ReportMistakeException>(() => ledger.AskAsync("calls", "UTC", ("cursor", wrong), ("where", "app=*")))).Message, StringComparison.Ordinal);
        }
        await Assert.ThrowsAsync<ReportMistakeException>(() => ledger.AskAsync("calls", "UTC", ("cursor", cursor), ("where", "app=chat")));
        await ledger.AskAsync("calls", "UTC", ("cursor", cursor), ("where", "app=*"), ("limit", "20"));
    }

    [Theory]
    [InlineData("calls", "outcome=complted", "No calls have outcome=complted. The nearest is 'completed'.")]
    [InlineData("series", "app=chta", "No calls have app=chta. The nearest is 'chat'.")]
    public async Task AFilterThatMatchesNothingSaysSoWithTheNearestName(string report, string where, string expected)
    {
        using var ledger = await RandomLedger.CreateAsync(26, Start, days: 1, calls: 60);
        var answer = await ledger.AskAsync(report, "UTC", ("where", where), ("from", "2026-11-01"));
        Assert.Equal(expected, answer.GetProperty("notes")[0].GetString());
    }

    [Fact]
    public async Task ValuesAreThoseThatCallsHaveTheMostFrequentFirst()
    {
        using var ledger = await RandomLedger.CreateAsync(25, Start, days: 2, calls: 200);
        foreach (var (dimension, of) in ((string, Func<InvocationRecord, string>)[])[
            ("app", r => r.Tags.GetValueOrDefault("app", "")), ("tag:team", r => r.Tags.GetValueOrDefault("team", "")), ("outcome", r => r.Outcome.Name())])
        {
            var answer = await ledger.AskAsync("values", "UTC", ("dimension", dimension));
            var expected = ledger.Records.GroupBy(of, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (long)g.Count(), StringComparer.Ordinal);
            var rows = answer.GetProperty("rows").EnumerateArray().Select(r => (Value: r.GetProperty("value").GetString()!, Calls: r.GetProperty("calls").GetInt64())).ToList();
            Assert.Equal(expected, rows.ToDictionary(r => r.Value, r => r.Calls, StringComparer.Ordinal));
            Assert.Equal(rows.Select(r => r.Calls).OrderDescending(), rows.Select(r => r.Calls));
        }
        var begin = await ledger.AskAsync("values", "UTC", ("dimension", "app"), ("prefix", "C"));
        Assert.All(begin.GetProperty("rows").EnumerateArray(), r => Assert.StartsWith("c", r.GetProperty("value").GetString(), StringComparison.Ordinal));
    }
}
