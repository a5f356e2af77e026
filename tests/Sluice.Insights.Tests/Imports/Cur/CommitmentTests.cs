using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Cur;

/// <summary>Savings plans and reservations, spread over what they are for.</summary>
public sealed class CommitmentTests : IDisposable
{
    private const string Header = StoreFolder.CurHeader + ",line_item_net_unblended_cost,savings_plan_savings_plan_effective_cost,savings_plan_total_commitment_to_date,savings_plan_used_commitment,"
        + "reservation_reservation_a_r_n,reservation_effective_cost,reservation_unused_amortized_upfront_fee_for_billing_period,reservation_unused_recurring_fee\n";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void UsageCostsWhatItUsesOfACommitmentAndTheFeeWhatNoneUsed()
    {
        _folder.ImportText(Header
            + Row("Usage", "USE1-NovaPro-input-tokens", "2.5", ",,,,,,,")
            + Row("SavingsPlanCoveredUsage", "Lambda-GB-Second", "20", ",15.5,,,,,,", "AWS Lambda")
            + Row("SavingsPlanNegation", "Lambda-GB-Second", "-20", ",0,,,,,,", "AWS Lambda")
            + Row("SavingsPlanRecurringFee", "ComputeSP:1yrNoUpfront", "18", ",,18,15.5,,,,", "ComputeSavingsPlans")
            + Row("DiscountedUsage", "ESInstance:r6g.large", "0", ",,,,arn:ri,3.25,,", "AmazonES")
            + Row("RIFee", "HeavyUsage:r6g.large", "40", ",,,,arn:ri,,1.5,36.75", "AmazonES")
            + Row("Fee", "HeavyUsage:r6g.large", "12", ",,,,arn:ri,,,", "AmazonES")
            + Row("SavingsPlanUpfrontFee", "ComputeSP:1yrAllUpfront", "30", ",,,,,,,", "ComputeSavingsPlans"));

        Assert.Equal(
            [("DiscountedUsage", 3.25m), ("Fee", 0m), ("RIFee", 38.25m), ("SavingsPlanCoveredUsage", 15.5m), ("SavingsPlanNegation", 0m), ("SavingsPlanRecurringFee", 2.5m), ("SavingsPlanUpfrontFee", 0m), ("Usage", 2.5m)],
            _folder.Rows().Select(r => (r.Facet.ChargeCategory, r.Amounts.Effective!.Value)).OrderBy(r => r.ChargeCategory, StringComparer.Ordinal));
    }

    [Fact]
    public void OverAMonthWithoutUpfrontFeesTheEffectiveCostIsWhatWasBilled()
    {
        _folder.ImportText(Header
            + Row("SavingsPlanCoveredUsage", "Lambda-GB-Second", "20", ",15.5,,,,,,", "AWS Lambda") + Row("SavingsPlanNegation", "Lambda-GB-Second", "-20", ",0,,,,,,", "AWS Lambda")
            + Row("SavingsPlanRecurringFee", "ComputeSP:1yrNoUpfront", "18", ",,18,15.5,,,,", "ComputeSavingsPlans")
            + Row("DiscountedUsage", "ESInstance:r6g.large", "0", ",,,,arn:ri,3.25,,", "AmazonES") + Row("RIFee", "HeavyUsage:r6g.large", "40", ",,,,arn:ri,,,36.75", "AmazonES"));

        Assert.Equal(58m, _folder.Rows().Sum(r => r.Amounts.Billed));
        Assert.Equal(58m, _folder.Rows().Sum(r => r.Amounts.Effective));
    }

    [Fact]
    public void ABillThatDoesNotTellHowCommitmentsWereUsedCountsThemAsBilledAndSaysSo()
    {
        var result = _folder.ImportText(StoreFolder.CurHeader + "\n"
            + StoreFolder.Charge("Lambda-GB-Second", "1", "20", type: "SavingsPlanCoveredUsage", product: "AWS Lambda") + StoreFolder.Charge("Lambda-GB-Second", "1", "-20", type: "SavingsPlanNegation", product: "AWS Lambda")
            + StoreFolder.Charge("ComputeSP", "1", "18", type: "SavingsPlanRecurringFee", product: "ComputeSavingsPlans"));

        Assert.Equal(18m, _folder.Rows().Sum(r => r.Amounts.Effective));
        Assert.Contains("the export lacks savings_plan_savings_plan_effective_cost, savings_plan_total_commitment_to_date, savings_plan_used_commitment; export them too", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("")]
    public void ADiscountThatTheNetCostOfItsRowsHasIsNotTakenTwice(string net)
    {
        _folder.ImportText(Header + Row("Usage", "USE1-NovaPro-input-tokens", "200", "170,,,,,,,") + Row("EdpDiscount", "USE1-NovaPro-input-tokens", "-30", net + ",,,,,,,"));

        Assert.Equal((170m, 170m), (_folder.Rows().Sum(r => r.Amounts.Billed)!.Value, _folder.Rows().Sum(r => r.Amounts.Effective)!.Value));
    }

    [Fact]
    public void WithoutTheProductsNamesTheMarketplacesModelsAreUnknownAndStillGenerativeAi()
    {
        var header = StoreFolder.CurHeader.Replace(",product,", ",", StringComparison.Ordinal);
        string Line(string usageType, string code, string cost) =>
            $"2026-11-01T00:00:00.000Z,999900000001,USD,Usage,InvokeModelInference,{code},{cost},111122223333,2,2026-11-20T10:59:59Z,2026-11-20T10:00:00Z,{usageType},,{{}}\n";
        var result = _folder.ImportText(header + "\n" + Line("EUW1-MP:EUW1_CacheWrite5mInputTokenCount-Units", "k2x9claude", "7.5") + Line("EUW1-MP:EUW1_OutputTokenCount-Units", "k2x9claude", "30")
            + Line("USE1-NovaLite-input-tokens", "AmazonBedrock", "0.12") + Line("USE1-MP:USE1_Hours-Units", "some-firewall", "99"));

        Assert.Equal(37.62m, _folder.Rows().Where(r => r.Facet.IsGenerativeAi).Sum(r => r.Amounts.Billed));
        Assert.Contains("export it", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, result.Unknown.Count(u => u.Unknown.StartsWith("model ", StringComparison.Ordinal)));
    }

    private static string Row(string type, string usageType, string cost, string rest, string product = "Amazon Bedrock") =>
        StoreFolder.Charge(usageType, "1", cost, type: type, product: product).TrimEnd('\n') + "," + rest + "\n";
}
