using System.Collections.Immutable;
using Sluice.Core.Pricing;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Billing;

public sealed class SimulatorBillTests
{
    private const string OtherPrices = """
        model,region,profile,tier,batch,latency_optimized,above_tokens,kind,usd,per,from,until,source,source_date,note
        nobody.at-all,*,bare,,,,,input,1,1000000,2024-01-01,,litellm,2026-08-01,

        """;

    private static async Task<(long Input, long Output)> CallAsync(SimulatedBedrock bedrock, string model, string? body = null)
    {
        var usage = (await bedrock.ConverseAsync(model, body ?? Ask("Hello there", 50))).Json["usage"]!;
        return (usage["inputTokens"]!.GetValue<long>(), usage["outputTokens"]!.GetValue<long>());
    }

    [Fact]
    public async Task ChargesEachCountAtThePriceOfItsScope()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var global = await CallAsync(bedrock, "global.anthropic.claude-sonnet-4-6");
        var regional = await CallAsync(bedrock, "us.anthropic.claude-sonnet-4-6");
        // $3 and $15 per million global, 10% more regional (bedrock.md, section 4.1).
        var expected = (global.Input * 3m) + (global.Output * 15m) + (regional.Input * 3.3m) + (regional.Output * 16.5m);
        Assert.Equal(expected / 1_000_000, bedrock.Host.Bill.TotalUsd);
        Assert.Equal((2, 0), (bedrock.Host.Bill.Calls, bedrock.Host.Bill.UnpricedCalls));
    }

    [Fact]
    public async Task ChargesAnHourlyCacheWriteAtItsOwnPrice()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var body = $$$"""{"system":[{"text":"{{{Words(2_000)}}}"},{"cachePoint":{"type":"default","ttl":"1h"}}],"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":1}}""";
        await CallAsync(bedrock, "global.anthropic.claude-sonnet-4-6", body);
        await CallAsync(bedrock, "global.anthropic.claude-sonnet-4-6", body);
        // $6 for a write of one hour, $0.30 for a read (bedrock.md, section 4.1); 5 tokens in and 1 out each time.
        Assert.Equal(((2_000 * 6m) + (2_000 * 0.3m) + (2 * 5 * 3m) + (2 * 15m)) / 1_000_000, bedrock.Host.Bill.TotalUsd);
    }

    [Fact]
    public async Task SumsAnHourOfAUsageTypeOnOneLine()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        for (var i = 0; i < 3; i++)
            await CallAsync(bedrock, Nova);
        bedrock.Time.Advance(TimeSpan.FromHours(1));
        await CallAsync(bedrock, Nova);
        var input = bedrock.Host.Bill.Rows().Where(row => row.UsageType == "USE1-NovaLite-input-tokens").ToList();
        Assert.Equal([0.018m, 0.006m], input.Select(row => row.Amount));
        Assert.Equal([12, 13], input.Select(row => row.Hour.Hour));
        Assert.Equal(("1K tokens", 0.00006m), (input[0].PricingUnit, input[0].RateUsd!.Value));
    }

    [Fact]
    public async Task EveryLineIsItsAmountTimesItsRateAndTheirSumIsTheTotal()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        foreach (var model in (string[])[Nova, Sonnet, "us.anthropic.claude-opus-4-8", "meta.llama3-1-70b-instruct-v1:0", "anthropic.claude-3-haiku-20240307-v1:0"])
            await CallAsync(bedrock, model);
        await bedrock.ConverseAsync(Nova, """{"messages":[{"role":"user","content":[{"text":"x"}]}],"serviceTier":{"type":"flex"}}""");
        var rows = bedrock.Host.Bill.Rows();
        Assert.All(rows, row => Assert.Equal(row.CostUsd, row.Amount * row.RateUsd));
        Assert.Equal(bedrock.Host.Bill.TotalUsd, rows.Sum(row => row.CostUsd));
        Assert.Equal(["AmazonBedrock", "AmazonBedrockService"], rows.Where(row => !row.IsMarketplace).Select(row => row.ProductCode).Distinct().Order());
        Assert.Contains(rows, row => row is { IsMarketplace: true, PricingUnit: "Units", UsageType: "USE1-MP:USE1_output_tokens_standard-Units" });
        Assert.Contains(rows, row => row.UsageType == "USE1-NovaLite-input-tokens-flex");
    }

    [Fact]
    public async Task ChargesGuardrailsByPolicyAndThousandCharacters()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        await bedrock.PostAsync("/guardrail/abc/version/1/apply", $$$"""{"source":"INPUT","content":[{"text":{"text":"{{{new string('x', 1_500)}}}"}}]}""");
        // Two text units of each policy: content 0.15, topics 0.15 and personal data 0.10 for 1,000 units; words are free (bedrock.md, section 4.3).
        Assert.Equal(2 * (0.15m + 0.15m + 0.10m) / 1_000, bedrock.Host.Bill.TotalUsd);
        Assert.Contains(bedrock.Host.Bill.Rows(), row => row.UsageType == "USE1-Guardrail-ContentPolicyUnitsConsumed" && row.Amount == 2);
    }

    [Fact]
    public async Task ShowsTheTagsOfAnApplicationInferenceProfile()
    {
        var profile = new SimulatedProfile("abc123def456", "tickets", "us.amazon.nova-lite-v1:0") { Tags = ImmutableSortedDictionary<string, string>.Empty.Add("team", "cards") };
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { InferenceProfiles = [profile] });
        const string Arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456";
        await CallAsync(bedrock, Arn);
        Assert.All(bedrock.Host.Bill.Rows(), row => Assert.Equal((Arn, "cards"), (row.ResourceId, row.ResourceTags["team"])));
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((Arn, "amazon.nova-lite-v1:0", "us"), (logged.Model, logged.BaseModel, logged.Profile));
        var described = (await bedrock.GetAsync("/inference-profiles/" + Uri.EscapeDataString(Arn))).Json;
        Assert.Equal(("APPLICATION", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"), (described["type"]!.GetValue<string>(), described["models"]![0]!["modelArn"]!.GetValue<string>()));
    }

    [Fact]
    public async Task AModelWithoutAPriceIsUnpricedAndNotFree()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { Prices = PriceBook.Load(new StringReader(OtherPrices), "other.csv") });
        await CallAsync(bedrock, Nova);
        Assert.Equal((1, 1), (bedrock.Host.Bill.Calls, bedrock.Host.Bill.UnpricedCalls));
        Assert.All(bedrock.Host.Bill.Rows(), row => Assert.Null(row.CostUsd));
    }

    [Fact]
    public async Task AProvisionedModelIsLoggedButNotBilledByTheCall()
    {
        const string Arn = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl";
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { CustomModels = ImmutableDictionary<string, string>.Empty.Add(Arn, "amazon.nova-lite-v1:0") });
        await CallAsync(bedrock, Arn);
        Assert.Equal(0, bedrock.Host.Bill.Calls);
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((false, 6L), (logged.Billed, logged.Input));
    }

    [Fact]
    public async Task WritesTheBillAsACsvOfCur()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sluice-bill").FullName, "bill.csv");
        await using (var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { BillPath = path }))
        {
            await CallAsync(bedrock, "us.anthropic.claude-opus-4-8");
            // The file is brought up to date once a second.
            bedrock.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(3, File.ReadAllLines(path).Length);
            Assert.Equal(await File.ReadAllTextAsync(path), (await bedrock.GetAsync("/_simulator/bill")).Text);
            await CallAsync(bedrock, Nova);
        }
        var lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(5, lines.Length);
        Assert.Contains("line_item_unblended_cost", lines[0], StringComparison.Ordinal);
        Assert.Contains("line_item_iam_principal", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("AWS Marketplace,2026-11-01T00:00:00.000Z,123456789012,USD,", StringComparison.Ordinal) && line.Contains("Claude Opus 4.8 (Amazon Bedrock Edition)", StringComparison.Ordinal));
    }
}
