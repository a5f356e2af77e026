using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using static Sluice.Core.Tests.Pricing.Asked;

namespace Sluice.Core.Tests.Pricing;

/// <summary>
/// The figures of three published guides to Bedrock's cost, each as the book and its arithmetic have it. Where a guide's
/// own figure doesn't follow from its own prices the true one stands here and docs/guides-checked.md tells the difference.
/// </summary>
public sealed class GuideFiguresTests
{
    private const string Sonnet35 = "anthropic.claude-3-5-sonnet-20240620-v1:0";
    private const string Haiku35 = "anthropic.claude-3-5-haiku-20241022-v1:0";
    private const string Opus3 = "anthropic.claude-3-opus-20240229-v1:0";
    private const string Micro = "amazon.nova-micro-v1:0";
    private const string Claude2 = "anthropic.claude-v2";

    // Claude Sonnet's multipliers in both guides: reads at a tenth, five-minute writes at 1.25.
    private static readonly CachePayback SonnetCache = new(ReadMultiplier: 0.1m, WriteMultiplier: 1.25m);

    [Fact]
    public void ModelChoice()
    {
        var workload = new Usage { Input = 20_000_000, Output = 1_000_000 };
        Assert.Equal("0.84", Workload(On(Micro), workload));
        Assert.Equal("375", Workload(On(Opus3), workload));
        Assert.Equal(446.4m, decimal.Round(375m / 0.84m, 1));
    }

    [Fact]
    public void VerbosePrompt() => Assert.Equal("9.352", Workload(On(Claude2), new Usage { Input = 113 * 1000, Output = 352 * 1000 }));

    [Theory]
    [InlineData(16_161, "129.288")]
    [InlineData(1_709, "13.672")]
    [InlineData(824, "6.592")]
    public void HtmlTableInputSide(int inputTokens, string usd) => Assert.Equal(usd, Workload(On(Claude2), new Usage { Input = inputTokens * 1000L }));

    [Fact]
    public void HtmlTableReduction()
    {
        Assert.Equal(0.894m, decimal.Round(1 - (1_709m / 16_161), 3));
        Assert.Equal(0.949m, decimal.Round(1 - (824m / 16_161), 3));
    }

    [Fact]
    public void GuardrailsChatbotMonth()
    {
        const int Requests = 500 * 10 * 21;
        var request = GuardrailTextUnits.ForTexts(Requests, 1500, UsageKind.GuardrailContentUnit, UsageKind.GuardrailTopicUnit, UsageKind.GuardrailSensitiveInformationUnit);
        var response = GuardrailTextUnits.ForTexts(Requests, 400, UsageKind.GuardrailContentUnit, UsageKind.GuardrailTopicUnit);
        Assert.Equal(105_000, Requests);
        Assert.Equal("115.5", Workload(On(Haiku35), request + response));

        var personalDataOnBothSides = response + GuardrailTextUnits.ForTexts(Requests, 400, UsageKind.GuardrailSensitiveInformationUnit);
        Assert.Equal("126", Workload(On(Haiku35), request + personalDataOnBothSides));
    }

    [Fact]
    public void CallSummariesMonth()
    {
        const long Calls = 50 * 60 * 8 * 30;
        Assert.Equal("17280", Workload(On(Haiku35), new Usage { Input = 25_000 * Calls, Output = 1_000 * Calls }));
    }

    // The guide gives the provisioned figure alone; on demand and batch stand beside it here.
    [Fact]
    public void ChatSessionsMonth()
    {
        const long Messages = 5 * 1_000_000;
        var workload = new Usage { Input = 3_000 * Messages, Output = 500 * Messages };
        Assert.Equal("82500", Workload(On(Sonnet35), workload));
        Assert.Equal("41250", Workload(On(Sonnet35) with { Batch = true }, workload));
        Assert.Equal("22000", Workload(On(Haiku35), workload));
        Assert.Equal(315.07m, decimal.Round(230_000m / ProvisionedThroughput.HoursPerMonth, 2));

        // 230,000 a month pays for itself only beyond 13.9 million of these messages on that model.
        var perMessage = Money.FromUsd(82_500m / Messages);
        Assert.Equal(13_939_394, Math.Ceiling(ProvisionedThroughput.BreakEvenCalls(Money.FromUsd(230_000), perMessage)));
    }

    [Theory]
    [InlineData(false, "15", "30", "45")]
    [InlineData(true, "7.5", "15", "22.5")]
    public void BatchOfTenThousandRequestsOnSonnet(bool batch, string input, string output, string total)
    {
        var cost = PriceBook.Default.Sheet(On(Sonnet35, "ap-southeast-2") with { Batch = batch }, Now).Price(new Usage { Input = 10_000 * 500, Output = 10_000 * 200 }, 500);
        Assert.Equal([input, output], cost.Lines.Select(l => l.Amount.ToString()), StringComparer.Ordinal);
        Assert.Equal(total, cost.Total.ToString());
    }

    [Fact]
    public void SystemPromptCachingDay()
    {
        Assert.Equal("60", Workload(On(Sonnet35), new Usage { Input = 2_000 * 10_000 }));
        Assert.Equal("6.69", SonnetCache.PrefixCost(2_000, writes: 100, reads: 9_900, inputUsdPerMillion: 3).ToString());
        Assert.Equal("6.69", Workload(On(Sonnet35), new Usage { CacheWrite5m = 2_000 * 100, CacheRead = 2_000 * 9_900 }));
    }

    [Fact]
    public void CacheTokenShare()
    {
        Assert.Equal(0.60m, CachePayback.CachedShare(18_000_000, 12_000_000));
        Assert.Equal(0.40m, CachePayback.CachedShare(4_000_000, 6_000_000));
    }

    [Theory]
    [InlineData(SavingBasis.Original, "14000")]
    [InlineData(SavingBasis.Remaining, "19188")]
    public void CompoundingLevers(SavingBasis savingBase, string after)
    {
        var saving = CompoundedSaving.Of(Money.FromUsd(40_000), savingBase, ("batch", 0.22m), ("caching", 0.18m), ("routing", 0.25m));
        Assert.Equal(after, saving.After.ToString());
        Assert.Equal(saving.Before, saving.Parts.Aggregate(saving.After, (sum, part) => sum + part.Saved));
    }

    // From 38,000 to 15,000 at 8% escalation says that the first model costs 31.5% of the last. At the fifteenth that the
    // same guide gives for Haiku against Sonnet the cascade would come to 5,573.
    [Fact]
    public void CascadeMonthly()
    {
        Assert.Equal(0.3147m, decimal.Round(CascadeEconomy.ImpliedFirstCostFraction(Money.FromUsd(38_000), Money.FromUsd(15_000), 0.08m), 4));
        Assert.Equal(5_573m, decimal.Round(new CascadeEconomy(1m / 15, 0.08m).Cost(Money.FromUsd(38_000)).Usd));
    }

    // Neither 60% nor 70% is a constant: it is where units * rate * 730 meets the on-demand price of what they carry.
    [Fact]
    public void ProvisionedCrossover()
    {
        var unit = new ProvisionedThroughput(UsdPerUnitHour: 39.60m, InputTokensPerMinute: 400_000, OutputTokensPerMinute: 80_000);
        var utilisation = unit.BreakEvenUtilisation(0.8m, 2.4m, outputPerInput: 0.2m);
        var inputTokens = 400_000m * 60 * ProvisionedThroughput.HoursPerMonth * utilisation;
        var onDemand = ((inputTokens * 0.8m) + (inputTokens * 0.2m * 2.4m)) / 1_000_000;
        Assert.Equal(ProvisionedThroughput.Cost(1, 39.60m, ProvisionedThroughput.HoursPerMonth), Money.FromUsd(decimal.Round(onDemand, 6)));
        Assert.Equal(1.2891m, decimal.Round(utilisation, 4)); // Above 1: this unit never pays.
    }

    [Fact]
    public void SystemPromptOfTenThousandTokensByThousand()
    {
        Assert.Equal("30", Workload(On(Sonnet35), new Usage { Input = 10_000 * 1_000 }));
        Assert.Equal("3.0345", SonnetCache.PrefixCost(10_000, writes: 1, reads: 999, inputUsdPerMillion: 3).ToString());
    }

    [Theory]
    [InlineData(false, "800")]
    [InlineData(true, "400")]
    public void BatchOfAMillionDocuments(bool batch, string usd) => Assert.Equal(usd, Workload(On(Haiku35) with { Batch = batch }, new Usage { Input = 1_000_000_000 }));

    [Fact]
    public void CacheWritePayback()
    {
        Assert.Equal(2, SonnetCache.RequestsToPayBack);
        Assert.Equal(0.675m, SonnetCache.CostFraction(2));
    }

    [Fact]
    public void WordsToTokens() => Assert.Equal(1_000, WordEstimate.Tokens(750));

    // Dollars for 1,000 tokens, as the guides list them. The date is one on which the price held.
    [Theory]
    [InlineData("Nova Micro", "0.000035", "0.00014", "2026-01-31")]
    [InlineData("Nova Lite", "0.00006", "0.00024", "2026-01-31")]
    [InlineData("Claude 3.5 Haiku", "0.0008", "0.004", "2026-01-31")]
    [InlineData("Claude Instant", "0.0008", "0.0024", "2026-01-31")]
    [InlineData("Claude 3.5 Sonnet", "0.003", "0.015", "2026-01-31")]
    [InlineData("Claude Opus", "0.015", "0.075", "2026-01-31")]
    [InlineData("Claude 4 Opus", "0.015", "0.075", "2025-06-01")]
    [InlineData("Claude 4 Sonnet", "0.003", "0.015", "2025-06-01")]
    [InlineData("Llama 3.1 70B", "0.00099", "0.00099", "2025-06-01")]
    [InlineData("Llama 3.1 8B", "0.00022", "0.00022", "2025-06-01")]
    [InlineData("Titan Text Express", "0.0002", "0.0006", "2025-06-01")]
    [InlineData("Mistral Large", "0.004", "0.012", "2025-06-01")]
    public void ListPrices(string model, string input, string output, string day)
    {
        var identity = On(PriceBook.Default.Models.Resolve(model)!.Id);
        var inputRow = PriceBook.Default.Find(identity, UsageKind.Input, 0, Day(day))!;
        var outputRow = PriceBook.Default.Find(identity, UsageKind.Output, 0, Day(day))!;
        Assert.Equal((Usd(input), Usd(output)), (inputRow.Usd * 1000 / inputRow.Per, outputRow.Usd * 1000 / outputRow.Per));
        Assert.NotEmpty(inputRow.Source);
        Assert.True(inputRow.SourceDate >= inputRow.From);
    }

    [Fact]
    public void ClaudeFourHaikuNeverWas()
    {
        Assert.False(PriceBook.Default.Models.Resolve("Claude 4 Haiku")!.Exists);
        Assert.Equal("6", Workload(On("anthropic.claude-haiku-4-5-20251001-v1:0", profile: "global"), new Usage { Input = 1_000_000, Output = 1_000_000 }));
    }

    private static string Workload(in PriceIdentity identity, Usage usage) => PriceBook.Default.Sheet(identity, Now).Price(usage, contextTokens: 0).Total.ToString()!;
}
