using Sluice.Core;
using Sluice.Reports;

namespace Sluice.Tests.Reports;

public sealed class ReportOrderTests
{
    private static readonly ReportTable Table = new([new("app", ColumnType.Text, "App"), new("calls", ColumnType.Count, "Calls"), new("cost_usd", ColumnType.Usd, "Cost")])
    {
        Rows = [["b", 10L, Money.FromUsd(1)], ["a", 9L, null], ["c", 100L, Money.FromUsd(0.5m)]],
        Totals = [new ReportTotal([null, 119L, Money.FromUsd(1.5m)])],
    };

    [Theory]
    [InlineData("app", "abc")]
    [InlineData("-app", "cba")]
    [InlineData("calls", "abc")]
    [InlineData("-calls", "cba")]
    [InlineData("cost_usd", "cba")]
    [InlineData("-cost_usd", "bca")]
    public void NumbersSortAsNumbersAndWhatIsNotKnownComesLast(string sort, string expected) =>
        Assert.Equal(expected, string.Concat(Of(("sort", sort)).Rows.Select(r => r[0])));

    [Fact]
    public void ALimitIsSaidAndTotalsAreStillOfAll()
    {
        var table = Of(("limit", "2"));
        Assert.Equal(2, table.Rows.Count);
        Assert.Equal("2 of 3 rows are shown; totals are of all.", Assert.Single(table.Notes));
        Assert.Equal(119L, table.Totals[0].Values[1]);
        Assert.Empty(Of(("limit", "3")).Notes);
    }

    [Fact]
    public void AColumnThatIsNotThereIsNamedWithTheNearest()
    {
        Assert.Equal("sort 'cals' is no column of this answer; did you mean 'calls'?", Assert.Throws<ReportMistakeException>(() => Of(("sort", "cals"))).Message);
        Assert.EndsWith("it has app, calls, cost_usd.", Assert.Throws<ReportMistakeException>(() => Of(("sort", "zzzzzzz"))).Message, StringComparison.Ordinal);
    }

    private static ReportTable Of(params (string Name, string Word)[] words) => ReportOrder.Of(ReportQuestion.Read(
        ReportCatalog.Spend, words.ToDictionary(w => w.Name, w => (IReadOnlyList<string>)[w.Word]), new ReportClock(DateTimeOffset.UnixEpoch.AddYears(50), TimeZoneInfo.Utc))).Apply(Table);
}
