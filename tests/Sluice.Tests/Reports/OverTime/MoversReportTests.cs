using System.Globalization;
using System.Text.Json;

namespace Sluice.Tests.Reports.OverTime;

public sealed class MoversReportTests
{
    private static readonly string[] Parts = ["volume_usd", "mix_usd", "size_usd", "cache_usd", "price_usd", "levers_usd"];

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public async Task PartsAddUpToTheChangeAndChangesToThatOfAllCalls(int seed)
    {
        var start = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        using var ledger = await RandomLedger.CreateAsync(seed, start, days: 8, calls: 400);
        foreach (var by in (string[])["app,model", "key", "tag:team"])
        {
            var answer = await ledger.AskAsync("movers", "UTC", ("by", by), ("from", "2026-11-05"), ("to", "2026-11-09"));
            foreach (var row in answer.GetProperty("rows").EnumerateArray().Concat(answer.GetProperty("totals").EnumerateArray()))
            {
                Assert.Equal(Usd(row, "after_usd") - Usd(row, "before_usd"), Usd(row, "change_usd"));
                Assert.Equal(Usd(row, "change_usd"), Parts.Sum(p => Usd(row, p)));
            }
            var total = answer.GetProperty("totals")[0];
            var middle = start.AddDays(4);
            Assert.Equal(ledger.Records.Where(r => r.StartedAt < middle).Sum(r => r.Cost?.Usd ?? 0), Usd(total, "before_usd"));
            Assert.Equal(ledger.Records.Where(r => r.StartedAt >= middle).Sum(r => r.Cost?.Usd ?? 0), Usd(total, "after_usd"));
        }
    }

    private static decimal Usd(JsonElement row, string name) => decimal.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
