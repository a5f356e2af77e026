using Sluice.Commands.Spend;

namespace Sluice.Tests.Commands.Spend;

public sealed class SpendFilterTests
{
    [Fact]
    public void ADimensionThatABasisLacksIsRefusedWithThoseThatItHas()
    {
        var (_, mistake) = SpendFilter.Dimensions(["app,provider"], SpendBasis.Metered);
        Assert.StartsWith("The ledger knows no 'provider'; use app, team,", mistake, StringComparison.Ordinal);
        Assert.EndsWith("--basis billed has 'provider'.", mistake, StringComparison.Ordinal);
        Assert.Contains("A bill knows no 'outcome'", SpendFilter.Filters(["outcome=completed"], SpendBasis.Billed).Mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("has 'colour'", SpendFilter.Dimensions(["colour"], SpendBasis.Billed).Mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void BothBasesKnowTheWordsThatTheyShare()
    {
        string[] shared = ["app", "team", "task", "environment", "model", "region", "scope", "tier", "kind", "hour", "day", "month", "tag:any"];

        Assert.Null(SpendFilter.Dimensions(shared, SpendBasis.Metered).Mistake);
        Assert.Null(SpendFilter.Dimensions(shared, SpendBasis.Billed).Mistake);
        Assert.Equal(["chat", "search*"], SpendFilter.Filters(["app=chat,search*"], SpendBasis.Billed).Filters["app"]);
    }

    [Theory]
    [InlineData("list", false, false, "--cost is for --basis billed")]
    [InlineData(null, true, false, "--all-services is for --basis billed")]
    [InlineData(null, false, true, "--related is for --basis billed")]
    public void WhatOnlyBillsKnowIsRefusedOfTheLedger(string? cost, bool all, bool related, string expected)
    {
        Assert.Contains(expected, BilledSpend.Mistake(SpendBasis.Metered, cost, all, related), StringComparison.Ordinal);
        Assert.Null(BilledSpend.Mistake(SpendBasis.Billed, cost, all, related));
    }
}
