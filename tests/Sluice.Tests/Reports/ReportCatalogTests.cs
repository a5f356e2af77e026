using System.CommandLine;
using System.Text.Json;
using Sluice.Commands;
using Sluice.Reports;

namespace Sluice.Tests.Reports;

/// <summary>Names that scripts rely on, and what every report must have.</summary>
public sealed class ReportCatalogTests
{
    [Theory]
    [InlineData("spend", "calls,unpriced_calls,estimated_calls,input,cache_read,cache_write_5m,cache_write_1h,output,units,cost_usd,estimated_cost_usd,suspect_calls")]
    [InlineData("savings", "lever,calls,saving_usd,estimated_usd,unknown_calls,shadow_usd,measured_usd,low_usd,high_usd,basis,verdict")]
    [InlineData("marking", "calls,marked_calls,unknown_calls,input_tokens,read_tokens,hit_percent,write_tokens,wasted_tokens_at_least,premium_usd,wasted_usd_at_least,net_saving_usd,verdict,reason")]
    [InlineData("quality", "app,task,lever,state,samples,not_compared,good_percent,baseline_good_percent,difference_low,difference_high,margin,suspended_at")]
    [InlineData("budgets", "budget,bucket,scope,window,limit_usd,spent_usd,unknown_usd,held_usd,left_usd,used_percent,window_start,frees_at,thresholds,revision,forecast")]
    [InlineData("alerts", "id,raised_at,kind,subject,occasion,title,advice,channel,state,tries,age_seconds,next_at,delivered_at,error,facts")]
    [InlineData("spend-by-provider", "report,basis,cost_basis,from,to,month,provider,currency,cost,unpriced")]
    [InlineData("spend-by-family", "report,basis,cost_basis,from,to,day,family,currency,cost,unpriced")]
    [InlineData("tokens-by-model", "report,basis,cost_basis,from,to,model,kind,tokens,currency,cost,unpriced")]
    [InlineData("tokens-by-hour", "report,basis,cost_basis,from,to,hour,provider,input,cache_read,cache_write,output")]
    [InlineData("cost-per-task", "report,basis,cost_basis,from,to,task,calls,currency,cost,cost_per_call,unpriced")]
    [InlineData("cache-savings", "report,basis,cost_basis,from,to,model,cached_share,currency,read_saving,write_premium,net_saving,unknown_tokens")]
    [InlineData("spend-by-team", "report,basis,cost_basis,from,to,team,currency,cost,share,unpriced")]
    public void TheColumnsOfCsvKeepTheirNamesAndOrder(string name, string columns) =>
        Assert.Equal(columns, string.Join(',', ReportCatalog.Find(name)!.Columns.Where(c => c.IsStored).Select(c => c.Name)));

    [Theory]
    [InlineData("spend", "--basis --by --where --from --to --cost --all-services --related --data --format --wide")]
    [InlineData("savings", "--by --from --to --data --format")]
    [InlineData("quality", "--data --format")]
    [InlineData("levers report", "--by --from --to --data --format --wide")]
    [InlineData("budgets list", "--config --data --format")]
    [InlineData("alerts list", "--state --kind --limit --data --format")]
    [InlineData("report spend-by-team", "--basis --where --from --to --cost --data --format --wide")]
    public void TheOptionsOfCommandsKeepTheirNames(string words, string options)
    {
        Command command = CommandLine.Root();
        foreach (var word in words.Split(' '))
            command = command.Subcommands.Single(c => c.Name == word);
        Assert.Empty(options.Split(' ').Except(command.Options.Select(o => o.Name)));
    }

    [Fact]
    public void NamesAreOfOneKindAndEachIsThereOnce()
    {
        Assert.Equal(ReportCatalog.All.Count, ReportCatalog.All.Select(r => r.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(ReportCatalog.All, report =>
        {
            Assert.Matches("^[a-z]+(-[a-z]+)*$", report.Name);
            Assert.All(report.Parameters, p => Assert.Matches("^[a-z]+(_[a-z]+)*$", p.Name));
            Assert.Equal(report.Parameters.Count, report.Parameters.Select(p => p.Name).Distinct(StringComparer.Ordinal).Count());
            Assert.All(report.Columns.Where(c => c.IsForPrograms), c => Assert.Matches("^[a-z]+[0-9]*[a-z]*(_[a-z0-9]+)*$", c.Name));
            Assert.All(report.Columns.Where(c => c.IsStored).GroupBy(c => c.Name), g => Assert.Single(g));
        });
    }

    [Fact]
    public void SummariesAndMeaningsArePhrasesOfOneLine() => Assert.All(ReportCatalog.All, report =>
    {
        Assert.InRange(report.Summary.Length, 10, 90);
        Assert.All(report.Parameters.Select(p => p.Summary).Append(report.Summary).Concat(report.Columns.Select(c => c.Meaning)), text =>
        {
            Assert.DoesNotContain("\n", text, StringComparison.Ordinal);
            Assert.False(text.EndsWith('.'), text);
        });
    });

    [Fact]
    public void TheCatalogueIsJsonThatSaysWhatCanBeAskedAndWhatIsAnswered()
    {
        var reports = JsonDocument.Parse(CatalogJson.Of(ReportCatalog.All)).RootElement.GetProperty("reports");
        var spend = reports.EnumerateArray().Single(r => r.GetProperty("name").GetString() == "spend");
        Assert.Equal("/api/reports/spend", spend.GetProperty("path").GetString());
        Assert.Contains(spend.GetProperty("parameters").EnumerateArray(), p => p.GetProperty("name").GetString() == "by" && p.GetProperty("repeatable").GetBoolean());
        var cost = spend.GetProperty("columns").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "cost_usd");
        Assert.Equal(("usd", "USD"), (cost.GetProperty("type").GetString(), cost.GetProperty("unit").GetString()));
    }
}
