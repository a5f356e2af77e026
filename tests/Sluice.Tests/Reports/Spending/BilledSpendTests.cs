using System.Text.Json;
using Sluice.Output;
using Sluice.Reports;
using Sluice.Testing;
using Sluice.Tests.Commands;

namespace Sluice.Tests.Reports.Spending;

/// <summary>Spend and presets of a bill that was imported, asked of the catalogue.</summary>
[Collection(nameof(ConsoleGroup))]
public sealed class BilledSpendTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-billed-");
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));

    public async ValueTask InitializeAsync()
    {
        var bill = Path.Combine(_folder.FullName, "bill.csv");
        await File.WriteAllTextAsync(bill, """
            line_item_usage_start_date,line_item_usage_end_date,line_item_usage_type,line_item_product_code,line_item_usage_amount,line_item_unblended_cost,line_item_currency_code,resource_tags
            2026-11-20T10:00:00Z,2026-11-20T11:00:00Z,USE1-NovaLite-input-tokens,AmazonBedrock,10,0.0006,USD,"{""user_team"":""red""}"
            2026-11-20T10:00:00Z,2026-11-20T11:00:00Z,USE1-NovaLite-output-tokens,AmazonBedrock,10,0.0024,USD,"{""user_team"":""red""}"
            2026-11-21T10:00:00Z,2026-11-21T11:00:00Z,USE1-NovaLite-input-tokens,AmazonBedrock,10,0.0005,EUR,"{""user_team"":""blue""}"

            """, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await ConsoleGroup.RunAsync("import", bill, "--data", _folder.FullName)).Code);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RowsAreOfOneCurrencyEachAndTotalsTooAndMoneyIsExact()
    {
        var json = await JsonAsync("spend", ("basis", "billed"), ("by", "team"));

        Assert.Equal("billed", json.GetProperty("basis").GetString());
        Assert.Equal("effective", json.GetProperty("parameters").GetProperty("cost").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("currency").ValueKind);
        Assert.Equal("2026-11-21T11:00:00Z", json.GetProperty("complete_until").GetString());
        Assert.Equal(["red USD 0.003", "blue EUR 0.0005"], json.GetProperty("rows").EnumerateArray().Select(r => $"{r.GetProperty("team")} {r.GetProperty("currency")} {r.GetProperty("cost")}"));
        Assert.Equal(["EUR 0.0005", "USD 0.003"], json.GetProperty("totals").EnumerateArray().Select(r => $"{r.GetProperty("currency")} {r.GetProperty("cost")}").Order());
    }

    [Fact]
    public async Task TheCommandPrintsTheSameRowsAsCsv()
    {
        var (code, output, _) = await ConsoleGroup.RunAsync("spend", "--basis", "billed", "--by", "team", "--data", _folder.FullName, "--format", "csv");
        Assert.Equal(0, code);
        Assert.Equal(
            "team,currency,lines,unpriced_lines,input,cache_read,cache_write_5m,cache_write_1h,output,units,cost\nred,USD,2,0,10000,0,0,0,10000,,0.003\nblue,EUR,1,0,10000,0,0,0,0,,0.0005\n",
            output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task APresetSaysItsBasisWhatItCoversAndItsTotalOfEachCurrency()
    {
        var (code, output, _) = await ConsoleGroup.RunAsync("report", "spend-by-team", "--data", _folder.FullName);

        Assert.Equal(0, code);
        Assert.Contains("Billed, ", output, StringComparison.Ordinal);
        Assert.Contains("to 2026-11-21 11:00", output, StringComparison.Ordinal);
        Assert.Matches(@"total EUR .*0\.0005", output);
        Assert.Matches(@"total USD .*0\.0030", output);
        Assert.Contains("100.0 %", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APresetOverHttpHasTheShapeOfEveryAnswer()
    {
        var json = await JsonAsync("spend-by-team");

        Assert.Equal("spend-by-team", json.GetProperty("report").GetString());
        Assert.Equal("cur", json.GetProperty("coverage")[0].GetProperty("source").GetString());
        Assert.Equal(0, json.GetProperty("unpriced").GetInt64());
        Assert.Equal(["red 1", "blue 1"], json.GetProperty("rows").EnumerateArray().Select(r => $"{r.GetProperty("team")} {r.GetProperty("share")}"));
        Assert.Equal(["team", "currency", "cost", "share", "unpriced"], json.GetProperty("rows")[0].EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task AFilterThatMatchesNothingSaysSoWithTheNearestName()
    {
        var json = await JsonAsync("spend", ("basis", "billed"), ("where", "team=rde"));
        Assert.Empty(json.GetProperty("rows").EnumerateArray());
        Assert.Contains(json.GetProperty("notes").EnumerateArray(), n => n.GetString() == "No charges have team=rde. The nearest is 'red'.");
    }

    [Fact]
    public async Task CoverageSaysUntilWhenBillsReach()
    {
        var json = await JsonAsync("coverage");
        var row = Assert.Single(json.GetProperty("rows").EnumerateArray());
        Assert.Equal(("cur", "billed", "2026-11-21T11:00:00Z", true), (row.GetProperty("source").GetString(), row.GetProperty("basis").GetString(), row.GetProperty("until").GetString(), row.GetProperty("has_money").GetBoolean()));
    }

    private async Task<JsonElement> JsonAsync(string name, params (string Name, string Word)[] words)
    {
        using var sources = new ReportSources(_folder.FullName, _time);
        var report = ReportCatalog.Find(name)!;
        var question = ReportQuestion.Read(report, words.ToDictionary(w => w.Name, w => (IReadOnlyList<string>)[w.Word]), new ReportClock(_time.GetUtcNow(), TimeZoneInfo.Utc));
        return JsonDocument.Parse(ReportJson.Of(question, await report.AskAsync(question, sources, TestContext.Current.CancellationToken))).RootElement;
    }
}
