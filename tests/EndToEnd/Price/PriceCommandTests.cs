using System.CommandLine;
using System.Text.Json;
using Sluice.Commands.Price;
using Sluice.Testing;

namespace EndToEnd.Price;

public sealed class PriceCommandTests
{
    private const string Sonnet45 = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    // 3.30 / 16.50 a million in region.
    [Fact]
    public void AnswersWithTheCostAndTheRowSourceAndDayOfEveryFigure()
    {
        var (code, answer, _) = Json("price", Sonnet45, "--region", "eu-west-1", "--input", "20M", "--output", "1000k");
        Assert.Equal(0, code);
        Assert.Equal("82.5", answer.GetProperty("cost_usd").GetString());
        var lines = answer.GetProperty("lines").EnumerateArray().ToArray();
        Assert.Equal(["input", "output"], lines.Select(l => l.GetProperty("kind").GetString()), StringComparer.Ordinal);
        Assert.Equal(["3.3", "16.5"], lines.Select(l => l.GetProperty("price_per_million_usd").GetString()), StringComparer.Ordinal);
        Assert.All(lines, l => Assert.Matches(@"^prices\.csv:\d+$", l.GetProperty("row").GetString()!));
        Assert.All(lines, l => Assert.True(DateOnly.TryParse(l.GetProperty("source_date").GetString(), out _)));
        Assert.All(lines, l => Assert.False(string.IsNullOrEmpty(l.GetProperty("source").GetString())));
    }

    [Theory]
    [InlineData("global." + Sonnet45, "global", "3")]
    [InlineData("us." + Sonnet45, "us", "3.3")]
    [InlineData("claude-sonnet-4.5", null, "3.3")]
    [InlineData("global.claude-sonnet-4.5", "global", "3")]
    [InlineData("arn:aws:bedrock:eu-west-1::foundation-model/" + Sonnet45, null, "3.3")]
    [InlineData("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/global." + Sonnet45, "global", "3")]
    [InlineData("eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0", "eu", "3.3")]
    public void TakesAModelInAnyForm(string model, string? profile, string usd)
    {
        var (code, answer, _) = Json("price", model, "--input", "1000000");
        Assert.Equal((0, Sonnet45, profile, usd), (code, answer.GetProperty("model").GetString(), answer.GetProperty("profile").GetString(), answer.GetProperty("cost_usd").GetString()));
    }

    [Theory]
    [InlineData("amazon.nova-lite-v1:0", "us-east-1")]
    [InlineData("eu.amazon.nova-lite-v1:0", "eu-west-1")]
    [InlineData("jp.anthropic.claude-opus-5", "ap-northeast-1")]
    [InlineData("arn:aws:bedrock:eu-north-1::foundation-model/amazon.nova-lite-v1:0", "eu-north-1")]
    public void ARegionThatIsNotGivenIsTakenFromTheArnOrTheProfile(string model, string region)
    {
        var (_, answer, _) = Json("price", model, "--input", "1");
        Assert.Equal(region, answer.GetProperty("region").GetString());
        Assert.False(answer.GetProperty("region_from").GetString() == "--region");
    }

    [Fact]
    public void TheEnvironmentsRegionIsUsedWhereTheProfileCanBeCalledFromIt()
    {
        Assert.Equal("ca-central-1", Region("amazon.nova-lite-v1:0"));
        Assert.Equal("eu-west-1", Region("eu.amazon.nova-lite-v1:0"));

        static string? Region(string model) => JsonDocument.Parse(Run(["price", model, "--input", "1", "--format", "json"], name => name == "AWS_REGION" ? "ca-central-1" : null).Output)
            .RootElement.GetProperty("region").GetString();
    }

    // 3M input tokens in ten calls are 300,000 a call: beyond 272,000 the input doubles.
    [Theory]
    [InlineData(null, "lowest", 0, "6")]
    [InlineData("10", "calls", 272_000, "12")]
    [InlineData("100", "calls", 0, "6")]
    [InlineData("11", "calls", 272_000, "12")] // 272,727.3 on average
    public void TheContextBandIsThatOfOneCall(string? calls, string from, int above, string usd)
    {
        string[] question = ["price", "global.openai.gpt-6-sol", "--input", "3000000", .. calls is null ? Array.Empty<string>() : ["--calls", calls]];
        var (_, answer, _) = Json(question);
        Assert.Equal((from, above, usd), (answer.GetProperty("context_band_from").GetString(), answer.GetProperty("context_band_above_tokens").GetInt32(), answer.GetProperty("cost_usd").GetString()));
    }

    [Theory]
    [InlineData("--cache-read", "1000000", "0.3")]
    [InlineData("--cache-write-5m", "1000000", "3.75")]
    [InlineData("--cache-write-1h", "1000000", "6")]
    [InlineData("--count", "guardrail_content_unit=2000", "0.3")]
    public void PricesEveryKind(string option, string value, string usd) =>
        Assert.Equal(usd, Json("price", "global." + Sonnet45, option, value).Answer.GetProperty("cost_usd").GetString());

    [Theory]
    [InlineData("claude-3.5-haiku", "--batch", "0.4")]
    [InlineData("amazon.nova-2-lite-v1:0", "--tier=flex", "0.165")]
    [InlineData("amazon.nova-2-lite-v1:0", "--tier=priority", "0.5775")]
    [InlineData("claude-3.5-haiku", "--latency-optimized", "1")]
    [InlineData("llama-3.1-70b", "--at=2025-01-01", "0.99")]
    [InlineData("llama-3.1-70b", "--at=2026-11-21T10:00:00Z", "0.72")]
    public void PricesEveryWayAndDay(string model, string option, string usd) =>
        Assert.Equal(usd, Json("price", model, "--input", "1000000", option).Answer.GetProperty("cost_usd").GetString());

    [Theory]
    [InlineData("anthropic.claude-sonet-4-5-20250929-v1:0", "Did you mean anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("claude-4-haiku", "No model of this name was ever listed")]
    [InlineData("anthropic.claude-mythos-preview", "gated preview")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc", "doesn't say which model")]
    [InlineData("us.meta.llama3-70b-instruct-v1:0", "no price for the us profile")]
    public void WhatHasNoPriceIsNullWithAReasonAndTheAnswerIsNo(string model, string reason)
    {
        var (code, answer, _) = Json("price", model, "--input", "1");
        Assert.Equal((1, JsonValueKind.Null), (code, answer.GetProperty("cost_usd").ValueKind));
        Assert.Contains(reason, answer.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownModelIsNotFreeEvenForNothing() => Assert.Equal(1, Json("price", "nobody.knows", "--input", "0").Code);

    [Theory]
    [InlineData("price", "claude-opus-5")]
    [InlineData("price")]
    [InlineData("price", "claude-opus-5", "--input", "-1")]
    [InlineData("price", "claude-opus-5", "--input", "1e6")]
    [InlineData("price", "claude-opus-5", "--input", "1", "--region", "Europe")]
    [InlineData("price", "claude-opus-5", "--input", "1", "--at", "yesterday")]
    [InlineData("price", "claude-opus-5", "--input", "1", "--tier", "cheap")]
    [InlineData("price", "claude-opus-5", "--input", "1", "--tier", "flex", "--batch")]
    [InlineData("price", "claude-opus-5", "--input", "1", "--calls", "0")]
    [InlineData("price", "claude-opus-5", "--count", "search_units=1")]
    [InlineData("price", "claude-opus-5", "--input", "1", "--format", "xml")]
    [InlineData("price", "claude-opus-5", "--inputs", "1")]
    [InlineData("price", "compare", "--input", "1")]
    [InlineData("price", "compare", "claude-opus-5", "--input", "1", "--unit-usd", "5")]
    public void WrongUsageIsToldOnTheErrorStream(params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal(2, code);
        Assert.False(string.IsNullOrWhiteSpace(error));
        Assert.DoesNotContain("Total", output, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnPricesComeBeforeTheList()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "model,region,profile,tier,batch,latency_optimized,above_tokens,kind,usd,per,from,until,source,source_date,note\nmine,*,,,,,,input,2,1000000,2026-01-01,,contract,2026-01-01,\n");
            var (code, answer, _) = Json("price", "mine", "--input", "1000000", "--prices", file);
            Assert.Equal((0, "2"), (code, answer.GetProperty("cost_usd").GetString()));

            File.WriteAllText(file, "model,usd\n");
            Assert.Equal(3, Run(["price", "mine", "--input", "1", "--prices", file]).Code);
        }
        finally
        {
            File.Delete(file);
        }
        Assert.Equal(3, Run(["price", "mine", "--input", "1", "--prices", file]).Code);
    }

    [Fact]
    public void ListsTheModelsAndTheRowsOfOne()
    {
        var models = Json("price", "list", "--region", "eu-west-1").Answer.EnumerateArray().ToArray();
        var nova = models.Single(m => m.GetProperty("model").GetString() == "amazon.nova-lite-v1:0");
        Assert.Equal("0.069", nova.GetProperty("input_usd").GetString());
        Assert.Equal(JsonValueKind.Null, models.Single(m => m.GetProperty("model").GetString() == "anthropic.claude-mythos-preview").GetProperty("input_usd").ValueKind);

        var rows = Json("price", "list", "--model", "claude-sonnet-5.5", "--at", "2026-10-01").Answer.EnumerateArray().ToArray();
        Assert.Equal("0.2", rows.Single(r => r.GetProperty("kind").GetString() == "cache_read" && r.GetProperty("profile").GetString() == "global").GetProperty("usd").GetString());
    }

    [Theory]
    [InlineData("claude-haiku-*", 2)]
    [InlineData("anthropic.claude-haiku-*", 2)]
    [InlineData("opus-5", 2)]
    [InlineData("Claude Haiku 4.5", 1)]
    public void ListsByPatternPartOrName(string pattern, int models) =>
        Assert.Equal(models, Json("price", "list", "--model", pattern).Answer.EnumerateArray().Select(r => r.GetProperty("model").GetString()).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void AListOfNothingIsANo() => Assert.Equal(1, Run(["price", "list", "--model", "nonsense"]).Code);

    // Chat sessions of a guide: 15G input and 2.5G output tokens; 230,000 a month provisioned.
    [Fact]
    public void ComparesModelsOnDemandInBatchAndProvisionedTheCheapestFirst()
    {
        var (code, answer, _) = Json("price", "compare", "claude-3.5-sonnet", "nova-micro", "--input", "15000000000", "--output", "2500000000", "--units", "1", "--unit-usd", "230000", "--hours", "1");
        Assert.Equal(0, code);
        Assert.Equal(
            ["nova-micro batch 437.5", "nova-micro on_demand 875", "claude-3.5-sonnet batch 41250", "claude-3.5-sonnet on_demand 82500", "claude-3.5-sonnet provisioned 230000", "nova-micro provisioned 230000"],
            answer.EnumerateArray().Select(c => $"{c.GetProperty("requested").GetString()} {c.GetProperty("mode").GetString()} {c.GetProperty("cost_usd").GetString()}"),
            StringComparer.Ordinal);
        Assert.Equal("188.57", answer[3].GetProperty("times_cheapest").GetString()![..6]);
    }

    [Fact]
    public void BatchHasNoPromptCacheSoCachedTokensArePricedAsInput()
    {
        var answer = Json("price", "compare", "claude-haiku-4.5", "--cache-read", "1000000").Answer;
        var batch = answer.EnumerateArray().Single(c => c.GetProperty("mode").GetString() == "batch");
        Assert.Equal("0.55", batch.GetProperty("cost_usd").GetString());
        Assert.Contains("no prompt cache", batch.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AComparisonWithAModelThatHasNoPriceAtAllIsANo()
    {
        var (code, answer, _) = Json("price", "compare", "nova-micro", "claude-4-haiku", "--input", "1");
        Assert.Equal(1, code);
        Assert.Equal(JsonValueKind.Null, answer.EnumerateArray().Last().GetProperty("cost_usd").ValueKind);
    }

    [Fact]
    public void CsvHasOneLineForEachKindAndATotal()
    {
        var lines = Run(["price", Sonnet45, "--input", "1000000", "--output", "2", "--format", "csv"]).Output.TrimEnd('\n').Split('\n');
        Assert.Equal("kind,quantity,usd,price_usd,per,row,source,source_date,reason", lines[0]);
        Assert.StartsWith("input,1000000,3.3,3.3,1000000,prices.csv:", lines[1], StringComparison.Ordinal);
        Assert.Equal("total,,3.300033,,,,,,", lines[^1]);
    }

    [Fact]
    public void HelpShowsExamples() => Assert.Contains("sluice price compare claude-haiku-4.5 nova-micro", Run(["price", "--help"]).Output, StringComparison.Ordinal);

    private static (int Code, JsonElement Answer, string Error) Json(params string[] args)
    {
        var (code, output, error) = Run([.. args, "--format", "json"]);
        return (code, JsonDocument.Parse(output).RootElement, error);
    }

    private static (int Code, string Output, string Error) Run(string[] args, Func<string, string?>? environment = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var parsed = new RootCommand { PriceCommand.Create(new ManualTime(), environment ?? (_ => null)) }.Parse(args);
        var code = parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (parsed.Errors.Count > 0 ? 2 : code, output.ToString(), error.ToString());
    }
}
