using System.Text.Json;
using Sluice.Core;
using Sluice.Output;
using Sluice.Reports;

namespace Sluice.Tests.Reports;

/// <summary>One answer as people and programs get it.</summary>
public sealed class ReportTextTests
{
    private static readonly ReportColumn[] Columns =
    [
        new("report", ColumnType.Text, "The report") { View = ColumnView.Csv },
        ReportColumn.Group("app"),
        new("calls", ColumnType.Count, "Calls"),
        new("unpriced", ColumnType.Count, "Unpriced calls") { View = ColumnView.PeopleIfAny },
        new("note", ColumnType.Text, "A note") { View = ColumnView.Programs },
        new("cost_usd", ColumnType.Usd, "Cost") { Heading = "cost USD" },
        ReportColumn.Derive("a call", row => row["calls"] is 2L ? "half" : null),
    ];

    private static readonly ReportTable Table = new(Columns)
    {
        Rows = [["r", "chat", 2L, 0L, "x", Money.FromUsd(0.3m)], ["r", "", 1L, 0L, null, null]],
        Totals = [new ReportTotal(["r", null, 3L, 0L, null, Money.FromUsd(0.3m)]) { InCsv = null }],
        Basis = "metered",
        Currency = "USD",
        Notes = ["1 call has no known cost."],
        Facts = [("unpriced_lines", 1L)],
        Sections = [new("more", "More:", new ReportTable([new("n", ColumnType.Count, "n")]) { Rows = [[7L]] })],
        NextCursor = "abc",
    };

    private static readonly ReportQuestion Question = ReportQuestion.Read(
        ReportCatalog.Spend, new Dictionary<string, IReadOnlyList<string>> { ["by"] = ["app"] }, new ReportClock(DateTimeOffset.UnixEpoch.AddYears(50), TimeZoneInfo.Utc));

    [Fact]
    public void ProgramsGetExactAmountsAndNullForWhatIsNotKnown()
    {
        var json = JsonDocument.Parse(ReportJson.Of(Question, Table)).RootElement;

        Assert.Equal(
            ["report", "parameters", "basis", "currency", "from", "to", "complete_until", "time_zone", "columns", "rows", "totals", "unpriced_lines", "more", "notes", "next_cursor"],
            json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["app", "calls", "unpriced", "note", "cost_usd"], json.GetProperty("rows")[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal("0.3", json.GetProperty("rows")[0].GetProperty("cost_usd").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("rows")[1].GetProperty("cost_usd").ValueKind);
        Assert.Equal(3, json.GetProperty("totals")[0].GetProperty("calls").GetInt64());
        Assert.Equal("app", json.GetProperty("parameters").GetProperty("by")[0].GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("parameters").GetProperty("from").ValueKind);
        Assert.Equal("abc", json.GetProperty("next_cursor").GetString());
    }

    [Fact]
    public void CsvIsRowsAloneAndEachSaysWhatItIsOf() =>
        Assert.Equal("report,app,calls,unpriced,note,cost_usd\nr,chat,2,0,x,0.3\nr,,1,0,,\n", Written(OutputFormat.Csv));

    [Fact]
    public void PeopleSeeWhatHasSomethingInItWithTotalsAndNotes()
    {
        var text = Written(OutputFormat.Table);

        Assert.DoesNotContain("unpriced", text.Split('\n')[0], StringComparison.Ordinal);
        Assert.DoesNotContain("note", text.Split('\n')[0], StringComparison.Ordinal);
        Assert.Matches(@"chat +2 +0\.30 +half", text);
        Assert.Matches(@"\(none\) +1 +-", text);
        Assert.Matches(@"total +3 +0\.30", text);
        Assert.Contains("1 call has no known cost.", text, StringComparison.Ordinal);
        Assert.Contains("More:", text, StringComparison.Ordinal);
        Assert.Contains("--cursor abc", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAnswerWithoutRowsSaysSoOnce()
    {
        var text = new StringWriter { NewLine = "\n" };
        ReportText.Write(text, Question, new ReportTable(Columns), OutputFormat.Table, wide: false);
        ReportText.Write(text, Question, new ReportTable(Columns) { Notes = ["There are no calls yet."] }, OutputFormat.Table, wide: false);
        Assert.Equal("Nothing to list.\nThere are no calls yet.\n", text.ToString());
    }

    private static string Written(OutputFormat format)
    {
        var text = new StringWriter { NewLine = "\n" };
        ReportText.Write(text, Question, Table, format, wide: false);
        return text.ToString();
    }
}
