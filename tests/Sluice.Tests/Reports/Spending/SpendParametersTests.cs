using Sluice.Reports;
using Sluice.Reports.Spending;

namespace Sluice.Tests.Reports.Spending;

public sealed class SpendParametersTests
{
    [Fact]
    public void ADimensionThatABasisLacksIsRefusedWithThoseThatItHas()
    {
        var mistake = Mistake(() => Dimensions.Metered.Check(["app", "provider"]));
        Assert.StartsWith("The ledger knows no 'provider'; use app, team,", mistake, StringComparison.Ordinal);
        Assert.EndsWith("--basis billed has 'provider'.", mistake, StringComparison.Ordinal);
        Assert.Contains("A bill knows no 'outcome'", Mistake(() => Dimensions.Billed.Check(["outcome"])), StringComparison.Ordinal);
        Assert.EndsWith("Did you mean 'model'?", Mistake(() => Dimensions.Metered.Check(["modle"])), StringComparison.Ordinal);
        Assert.DoesNotContain("has 'colour'", Mistake(() => Dimensions.Billed.Check(["colour"])), StringComparison.Ordinal);
    }

    [Fact]
    public void BothBasesKnowTheWordsThatTheyShare()
    {
        string[] shared = ["app", "team", "task", "environment", "model", "region", "scope", "tier", "kind", "hour", "day", "month", "tag:any"];

        Dimensions.Metered.Check(shared);
        Dimensions.Billed.Check(shared);
    }

    [Theory]
    [InlineData("list", false, false, "--cost is for --basis billed")]
    [InlineData(null, true, false, "--all-services is for --basis billed")]
    [InlineData(null, false, true, "--related is for --basis billed")]
    [InlineData(null, true, true, "all_services includes what related adds")]
    public void WhatOnlyBillsKnowIsRefusedOfTheLedger(string? cost, bool all, bool related, string expected)
    {
        Assert.Contains(expected, Mistake(() => SpendParameters.CheckBasis("metered", cost, all, related)), StringComparison.Ordinal);
        if (!all || !related)
            SpendParameters.CheckBasis("billed", cost, all, related);
    }

    private static string Mistake(Action check) => Assert.Throws<ReportMistakeException>(check).Message;
}
