using System.Text.Json;
using Sluice.Insights.Reports;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Output;

namespace Sluice.Tests.Output;

public sealed class ReportListingTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    private static readonly ReportAnswer Report = new()
    {
        Name = "spend-by-team",
        Title = "Spend by team",
        Basis = "billed",
        Cost = "effective",
        From = Day,
        To = Day.AddDays(1),
        Coverage = [new SourceCoverage("cur", Day.AddDays(-30), Day.AddHours(7))],
        Remarks = new Dictionary<(string, BillRemark), long> { [("focus", BillRemark.ToldInMoreDetail)] = 12 },
        Unpriced = 3,
        Columns = ["team", "currency", "cost", "share", "unpriced"],
        Rows = [["red", "USD", 1234.5m, 0.75m, 0L], ["", "EUR", null, null, 3L]],
    };

    [Fact]
    public void ATableSaysItsBasisItsCurrencyAndWhatItCovers()
    {
        var text = Written(OutputFormat.Table);

        Assert.Contains("Billed, effective cost", text, StringComparison.Ordinal);
        Assert.Contains("cur from 2026-10-21 to 2026-11-20 07:00", text, StringComparison.Ordinal);
        Assert.Contains("1,234.50", text, StringComparison.Ordinal);
        Assert.Contains("75.0 %", text, StringComparison.Ordinal);
        Assert.Matches(@"total USD .*1,234\.50", text);
        Assert.Contains("3 lines have no known cost", text, StringComparison.Ordinal);
        Assert.Contains("12 lines of source focus are left out", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n').Where(l => l.Contains("USD", StringComparison.Ordinal)), l => Assert.InRange(l.Length, 0, 80));
    }

    [Fact]
    public void ProgramsGetExactAmountsAndNoZeroForWhatIsNotKnown()
    {
        Assert.Equal(
            "report,basis,cost_basis,from,to,team,currency,cost,share,unpriced\n"
            + "spend-by-team,billed,effective,2026-11-20T00:00:00Z,2026-11-21T00:00:00Z,red,USD,1234.5,0.75,0\n"
            + "spend-by-team,billed,effective,2026-11-20T00:00:00Z,2026-11-21T00:00:00Z,,EUR,,,3\n",
            Written(OutputFormat.Csv));
        var json = JsonDocument.Parse(Written(OutputFormat.Json)).RootElement;
        Assert.Equal("1234.5", json.GetProperty("rows")[0].GetProperty("cost").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("rows")[1].GetProperty("cost").ValueKind);
        Assert.Equal("cur", json.GetProperty("coverage")[0].GetProperty("source").GetString());
        Assert.Equal(1, json.GetProperty("notes").GetArrayLength());
    }

    private static string Written(OutputFormat format)
    {
        var text = new StringWriter { NewLine = "\n" };
        ReportListing.Write(text, Report, format);
        return text.ToString();
    }
}
