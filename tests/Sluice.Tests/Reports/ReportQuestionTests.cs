using Sluice.Reports;
using Sluice.Reports.Spending;

namespace Sluice.Tests.Reports;

public sealed class ReportQuestionTests
{
    private static readonly ReportClock Clock = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), TimeZoneInfo.Utc);

    [Theory]
    [InlineData("form", "csv", "The report 'spend' takes no 'form'; did you mean 'from'?")]
    [InlineData("colour", "red", "The report 'spend' takes no 'colour'; it takes basis, by, where,")]
    [InlineData("basis", "meterd", "basis 'meterd' is none; write metered or billed. The nearest is 'metered'.")]
    [InlineData("where", "app", "where 'app' is no condition; write NAME=VALUE, such as app=chat.")]
    [InlineData("where", "=x", "where '=x' is no condition")]
    [InlineData("time_zone", "Mars/Olympus", "time_zone 'Mars/Olympus' is unknown here")]
    [InlineData("limit", "0", "limit '0' must be a whole number from 1 to")]
    [InlineData("limit", "many", "limit 'many' must be a whole number from 1 to")]
    [InlineData("related", "yes", "related 'yes' is none; write true or false.")]
    public void WhatItDoesNotTakeIsNamedWithTheNearestThatItDoes(string name, string value, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ReportMistakeException>(() => Read((name, [value]))).Message, StringComparison.Ordinal);

    [Fact]
    public void AnEndThatIsNotAfterTheBeginningIsRefused()
    {
        var mistake = Assert.Throws<ReportMistakeException>(() => Read(("from", ["2026-11-02"]), ("to", ["2026-11-02"])));
        Assert.StartsWith("to 2026-11-02T00:00:00Z is not after from, which is 2026-11-02T00:00:00Z", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AParameterOfOneValueIsGivenOnce() =>
        Assert.StartsWith("from is given 2 times", Assert.Throws<ReportMistakeException>(() => Read(("from", ["2026-11-02", "2026-11-03"]))).Message, StringComparison.Ordinal);

    [Fact]
    public void ADimensionIsFilteredByOnce() =>
        Assert.StartsWith("where names 'app' twice", Assert.Throws<ReportMistakeException>(() => Read(("where", ["app=a", "app=b"]))).Message, StringComparison.Ordinal);

    [Fact]
    public void DaysAreThoseOfTheZoneThatTheQuestionNames()
    {
        var question = Read(("from", ["2026-11-01"]), ("time_zone", ["Asia/Kolkata"]));
        Assert.Equal("2026-10-31T18:30:00Z", TimeSpot.Text(question.Get(CommonParameters.From)!.Value));
        Assert.Equal("Asia/Kolkata", question.Clock.Zone.Id);
    }

    [Fact]
    public void ListsMayBeGivenWithCommasAndSeveralTimes()
    {
        var question = Read(("by", ["app, model", "day"]), ("where", ["team=red,blue*"]));
        Assert.Equal(["app", "model", "day"], question.Get(SpendParameters.By));
        Assert.Equal(["red", "blue*"], question.Get(SpendParameters.Where)["team"]);
        Assert.True(question.Says(SpendParameters.By));
        Assert.False(question.Says(SpendParameters.Basis));
    }

    [Fact]
    public void EveryParameterOfEveryReportIsResolved()
    {
        foreach (var report in ReportCatalog.All.Where(r => r.Name is not ("call" or "values")))
        {
            var question = ReportQuestion.Read(report, new Dictionary<string, IReadOnlyList<string>>(), Clock);
            Assert.Equal(report.Parameters.Select(p => p.Name), question.Resolved.Select(r => r.Name));
        }
    }

    private static ReportQuestion Read(params (string Name, string[] Words)[] words) =>
        ReportQuestion.Read(ReportCatalog.Spend, words.ToDictionary(w => w.Name, w => (IReadOnlyList<string>)w.Words), Clock);
}
