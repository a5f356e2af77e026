using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Ledger.Queries;
using Sluice.Ledger.Sums;
using Sluice.Ledger.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Queries;

public sealed class SumQueriesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 7, 10, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SeriesCallsAndValuesAreWhatPlainLoopsOverTheRecordsFind(int seed)
    {
        var invocations = new RandomInvocations(seed, Start);
        var records = Enumerable.Range(0, 1_500).Select(_ => invocations.Closed()).ToList();
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);
        using var reader = await folder.ReadAsync();
        var random = new Random(seed);
        for (var i = 0; i < 60; i++)
        {
            var filters = Filters(random);
            AssertSeries(reader, [.. records.Where(r => Fits(r, filters))], filters, random);
            AssertCalls(reader, [.. records.Where(r => Fits(r, filters))], filters, random);
        }
        foreach (var dimension in CallDimensions.All)
        {
            var values = reader.Values(new ValuesQuery { Dimension = dimension, From = Start.AddDays(1), To = Start.AddDays(2), Limit = 1000 });
            var expected = records.Where(r => r.StartedAt >= Quarter(Start.AddDays(1)) && r.StartedAt < Quarter(Start.AddDays(2)).AddMinutes(15)).GroupBy(r => Value(r, dimension));
            Assert.Equal(expected.Select(g => $"{g.Key} {g.Count()}").Order(StringComparer.Ordinal), values.Select(v => $"{v.Value} {v.Calls}").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task WhatCannotBeAskedIsRefusedInWords()
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync([new RandomInvocations(3, Start).Closed()]);
        using var reader = await folder.ReadAsync();

        Assert.Contains("no dimension 'colour'", Assert.Throws<ArgumentException>(() => reader.Values(new ValuesQuery { Dimension = "colour" })).Message, StringComparison.Ordinal);
        Assert.Contains("must ascend", Assert.Throws<ArgumentException>(() => reader.Series(new SeriesQuery { Edges = [Start, Start.AddDays(-1)] })).Message, StringComparison.Ordinal);
        Assert.Contains("from 1 to 501", Assert.Throws<ArgumentException>(() => reader.Calls(new CallsQuery { Limit = 502 })).Message, StringComparison.Ordinal);
    }

    private static void AssertSeries(LedgerReader reader, List<InvocationRecord> records, Dictionary<string, IReadOnlyList<string>> filters, Random random)
    {
        // Zones at half and three quarters of an hour have such edges.
        var edges = Enumerable.Range(0, random.Next(2, 9)).Select(_ => Quarter(Start).AddMinutes(15 * random.Next(-50, 400))).Order().ToList();
        string[] by = [.. Enumerable.Range(0, random.Next(3)).Select(_ => CallDimensions.All[random.Next(CallDimensions.All.Count)]).Distinct()];
        var expected = records
            .Select(r => (Edge: edges.FindLastIndex(e => e <= r.StartedAt), Record: r))
            .Where(r => r.Edge >= 0 && r.Edge < edges.Count - 1)
            .GroupBy(r => $"{r.Edge} {string.Join('|', by.Select(d => Value(r.Record, d)))}")
            .Select(g => $"{g.Key}: {Text(g.Select(r => CallSums.Of(r.Record)).Aggregate((a, b) => a + b))}");

        var rows = reader.Series(new SeriesQuery { Edges = edges, GroupBy = by, Filters = filters });

        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Select(r => $"{r.Edge} {string.Join('|', r.Group)}: {Text(r.Sums)}").Order(StringComparer.Ordinal));
    }

    private static void AssertCalls(LedgerReader reader, List<InvocationRecord> records, Dictionary<string, IReadOnlyList<string>> filters, Random random)
    {
        bool? unpriced = random.Next(3) == 0 ? random.Next(2) == 0 : null;
        Money? least = random.Next(3) == 0 ? Money.FromPicoUsd(random.NextInt64(1_000_000_000_000)) : null;
        var query = new CallsQuery { Filters = filters, From = Start.AddHours(random.Next(20)), To = Start.AddHours(random.Next(20, 90)), Unpriced = unpriced, MinCost = least, Limit = random.Next(100, 501) };
        var expected = records
            .Where(r => r.StartedAt >= query.From && r.StartedAt < query.To && (unpriced is null || unpriced == CallFacts.CostOf(r) is null) && (least is null || CallFacts.CostOf(r) >= least))
            .OrderByDescending(r => r.StartedAt).Select(r => $"{r.InvocationId} {CallFacts.CostOf(r)} {r.Usage?.Output} {r.DurationMs:f0}");
        var found = new List<string>();
        for (var page = reader.Calls(query); page.Count > 0; page = reader.Calls(query with { Before = page[^1].Cursor }))
            found.AddRange(page.Select(r => $"{r.InvocationId} {r.Cost} {r.OutputTokens} {records.First(o => o.InvocationId == r.InvocationId).DurationMs:f0}"));
        Assert.Equal(expected, found);
    }

    private static string Text(CallSums sums) =>
        $"{Convert.ToHexString(sums.ToBytes())} {sums.UnpricedCalls} {sums.EstimatedCost} {sums.SuspectCalls} {sums.Saved} {sums.Duration.Quantile(0.95)} {string.Join(',', sums.Ends.Select(e => $"{e.Key}={e.Value}").Order(StringComparer.Ordinal))}";

    private static Dictionary<string, IReadOnlyList<string>> Filters(Random random)
    {
        var filters = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (random.Next(2) == 0)
            filters["app"] = random.Next(2) == 0 ? ["chat", "TICKETS"] : ["*a*"];
        if (random.Next(3) == 0)
            filters["outcome"] = ["upstream_error", "client*"];
        if (random.Next(4) == 0)
            filters["status"] = ["429", ""];
        if (random.Next(4) == 0)
            filters["tag:team"] = ["red"];
        return filters;
    }

    private static bool Fits(InvocationRecord record, Dictionary<string, IReadOnlyList<string>> filters) => filters.All(f => Wildcard.MatchesAny(f.Value, Value(record, f.Key)));

    private static DateTimeOffset Quarter(DateTimeOffset time) => time.AddTicks(-(time.UtcTicks % TimeSpan.FromMinutes(15).Ticks));

    private static string Value(InvocationRecord record, string dimension) => dimension switch
    {
        "key" => record.KeyId ?? "",
        "model" => record.ServedModel ?? record.RequestedModel ?? "",
        "operation" => record.Operation.ToString(),
        "region" => record.Region ?? "",
        "scope" => Sluice.Core.Pricing.PriceNames.Name(record.Scope),
        "tier" => Sluice.Core.Pricing.PriceNames.Name(record.Tier),
        "outcome" => record.Outcome.Name(),
        "error" => record.Error is { Length: > 0 } error ? error == "plain" ? error : "other" : "",
        "status" => $"{record.Attempts[^1].Status}",
        _ => record.Tags.GetValueOrDefault(dimension.StartsWith("tag:", StringComparison.Ordinal) ? dimension[4..] : dimension, ""),
    };
}
