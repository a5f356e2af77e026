using System.Globalization;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.CostExplorer;

/// <summary>Costs by the month, the day and the hour are the same costs, in the API's answers and in what the console downloads.</summary>
public sealed class GranularityTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("month", "day")]
    [InlineData("day", "month")]
    [InlineData("day", "hour")]
    [InlineData("hour", "day")]
    [InlineData("hour", "month")]
    public void TheSameCostsByAnotherPeriodCountOnceAndThatIsSaid(string first, string second)
    {
        foreach (var isTable in (bool[])[false, true])
        {
            using var folder = new StoreFolder();
            folder.ImportText(isTable ? Table(first) : Answer(first), isTable ? "first.csv" : "first.json");
            var result = folder.ImportText(isTable ? Table(second) : Answer(second), isTable ? "second.csv" : "second.json");

            Assert.Equal(60m, folder.Rows().Sum(r => r.Amounts.Billed));
            Assert.Contains("Counted once", Assert.Single(result.Warnings), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("month")]
    [InlineData("day")]
    [InlineData("hour")]
    public void ADownloadAndAnAnswerSayTheSame(string grain)
    {
        _folder.ImportText(Table(grain), "costs.csv");
        var before = Spans();
        var result = _folder.ImportText(Answer(grain), "answer.json");

        Assert.Equal((before, 60m, 0L), (Spans(), _folder.Rows().Sum(r => r.Amounts.Billed), result.NewCharges));
    }

    [Fact]
    public void AMonthMayHaveBegunBeforeTheRange()
    {
        _folder.ImportText(Rows(("2026-09-15", 1), ("2026-10-01", 2), ("2026-11-01", 3)), "costs.csv");

        Assert.Equal("2026-09-15 2026-10-01, 2026-10-01 2026-11-01, 2026-11-01 2026-12-01", Spans());
    }

    [Fact]
    public void TheOneRowOfADownloadIsADayAndThatIsSaid()
    {
        var result = _folder.ImportText(Rows(("2026-11-01", 30)), "costs.csv");

        Assert.Equal("2026-11-01 2026-11-02", Spans());
        Assert.Contains("One row doesn't prove whether it is for a day or for a month", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    /// <summary>Two months at 30 each, or some days or hours of them with the same sums.</summary>
    private static (string From, string To, decimal Cost)[] Periods(string grain) => grain switch
    {
        "month" => [("2026-10-01", "2026-11-01", 30), ("2026-11-01", "2026-12-01", 30)],
        "day" => [.. Days().Select(d => (d.ToString("yyyy-MM-dd"), d.AddDays(1).ToString("yyyy-MM-dd"), Cost(d)))],
        _ => [.. Days().SelectMany(d => Enumerable.Range(0, 24).Select(h => ($"{d.AddHours(h):yyyy-MM-dd'T'HH:mm:ss'Z'}", $"{d.AddHours(h + 1):yyyy-MM-dd'T'HH:mm:ss'Z'}", h == 7 ? Cost(d) : 0m)))],
    };

    private static IEnumerable<DateTime> Days() => Enumerable.Range(0, 61).Select(d => new DateTime(2026, 10, 1).AddDays(d));

    private static decimal Cost(DateTime day) => day.Day is 1 or 12 or 30 ? 10 : 0;

    private static string Answer(string grain) => """{"GroupDefinitions":[{"Type":"DIMENSION","Key":"SERVICE"}],"ResultsByTime":[""" + string.Join(',', Periods(grain).Select(p =>
        $"{{\"TimePeriod\":{{\"Start\":\"{p.From}\",\"End\":\"{p.To}\"}},\"Groups\":[{{\"Keys\":[\"Amazon Bedrock\"],\"Metrics\":{{\"UnblendedCost\":{{\"Amount\":\"{p.Cost}\",\"Unit\":\"USD\"}}}}}}]}}")) + "]}";

    private static string Table(string grain) => Rows([.. Periods(grain).Select(p => (p.From, p.Cost))]);

    private static string Rows(params (string From, decimal Cost)[] rows) =>
        "\"Service\",\"Amazon Bedrock($)\",\"Total costs($)\"\n" + string.Concat(rows.Select(r => $"\"{r.From}\",\"{r.Cost}\",\"{r.Cost}\"\n"));

    /// <summary>The periods of the charges themselves, which sums of days no longer have.</summary>
    private string Spans()
    {
        var spans = new List<string>();
        using var scan = new Scan(_folder.Store.Reading, "SELECT from_s, to_s FROM charges ORDER BY from_s");
        while (scan.Next())
            spans.Add($"{Day(scan.Number(0))} {Day(scan.Number(1))}");
        return string.Join(", ", spans);

        static string Day(long second) => DateTimeOffset.FromUnixTimeSeconds(second).ToString(second % 86_400 == 0 ? "yyyy-MM-dd" : "yyyy-MM-dd HH", CultureInfo.InvariantCulture);
    }
}
