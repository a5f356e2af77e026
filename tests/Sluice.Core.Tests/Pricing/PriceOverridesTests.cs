using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using static Sluice.Core.Tests.Pricing.Asked;

namespace Sluice.Core.Tests.Pricing;

public sealed class PriceOverridesTests
{
    private const string Sonnet45 = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    private static readonly PriceBook List = PriceBook.Default;

    [Fact]
    public void AnOwnPriceComesBeforeTheListHoweverSpecificTheListIs()
    {
        var book = List.WithOverrides(Own("amazon.nova-*,*,bare geo global,,,,,input,0.05,1000000,2026-01-01,,contract,2026-01-01,"));
        var row = book.Find(On("amazon.nova-lite-v1:0", "eu-west-1"), UsageKind.Input, 0, Now)!;
        Assert.Equal((0.05m, "own.csv:2", "contract"), (row.Usd, row.Id, row.Source));
        Assert.Equal(0.276m, book.Find(On("amazon.nova-lite-v1:0", "eu-west-1"), UsageKind.Output, 0, Now)?.Usd);
    }

    [Fact]
    public void AnOwnPriceHoldsForLongContextsTooUnlessItHasABandOfItsOwn()
    {
        var book = List.WithOverrides(Own($"{Sonnet45},*,global,,,,,input,2,1000000,2026-01-01,,contract,2026-01-01,"));
        Assert.Equal(2m, book.Find(On(Sonnet45, profile: "global"), UsageKind.Input, 500_000, Now)?.Usd);
    }

    [Fact]
    public void AnOwnPriceMakesAnUnknownModelPriced()
    {
        var own = Own("imported/llama,us-east-1,,,,,,input,1,1000000,2026-01-01,,me,2026-01-01,", "imported/llama,us-east-1,,,,,,output,2,1000000,2026-01-01,,me,2026-01-01,");
        Assert.Equal("0.003", List.WithOverrides(own).Price(On("imported/llama"), new Usage { Input = 1000, Output = 1000 }, Now).Total.ToString());
    }

    [Fact]
    public void ReservedTokensHaveThePriceThatTheOwnerGivesThem()
    {
        var book = List.WithOverrides(Own($"{Sonnet45},*,,reserved,,,,input,0,1000000,2026-01-01,,prepaid,2026-01-01,"));
        Assert.Equal(0m, book.Find(On(Sonnet45) with { Tier = ServiceTier.Reserved }, UsageKind.Input, 0, Now)?.Usd);
    }

    [Fact]
    public void ATierRuleAppliesToAnOwnOnDemandPrice()
    {
        var book = List.WithOverrides(Own($"{Sonnet45},*,global,,,,,input,2,1000000,2026-01-01,,contract,2026-01-01,"));
        Assert.Equal(1m, book.Find(On(Sonnet45, profile: "global") with { Batch = true }, UsageKind.Input, 0, Now)?.Usd);
    }

    [Fact]
    public void ADiscountedPriceNamesTheListRowAndTheDiscount()
    {
        var book = List.WithOverrides(Off(new PriceDiscount { Id = "sluice.yaml:31", Percent = 12.5m, Model = "anthropic.*" }));
        var list = List.Find(On(Sonnet45), UsageKind.Input, 0, Now)!;
        var row = book.Find(On(Sonnet45), UsageKind.Input, 0, Now)!;
        Assert.Equal(2.8875m, row.Usd);
        Assert.Equal($"{list.Id} - sluice.yaml:31", row.Id);
        Assert.Equal("12.5% off the list price of 3.3", row.Note);
        Assert.Equal(list.Source, row.Source);
        Assert.Equal(0.06m, book.Find(On("amazon.nova-lite-v1:0"), UsageKind.Input, 0, Now)?.Usd);
    }

    [Theory]
    [InlineData("us-east-1", "global", UsageKind.Output, "2026-11-21", true)]
    [InlineData("eu-west-1", "global", UsageKind.Output, "2026-11-21", false)]
    [InlineData("us-east-1", "us", UsageKind.Output, "2026-11-21", false)]
    [InlineData("us-east-1", "global", UsageKind.Input, "2026-11-21", false)]
    [InlineData("us-east-1", "global", UsageKind.Output, "2026-11-20", false)]
    [InlineData("us-east-1", "global", UsageKind.Output, "2026-12-01", false)]
    public void ADiscountHoldsForItsRegionProfileKindAndDaysAlone(string region, string profile, UsageKind kind, string day, bool applies)
    {
        var book = List.WithOverrides(Off(new PriceDiscount
        {
            Id = "d",
            Percent = 50,
            Region = "us-*",
            Profile = "global",
            Kind = UsageKind.Output,
            From = new DateOnly(2026, 11, 21),
            Until = new DateOnly(2026, 12, 1),
        }));
        var list = List.Find(On(Sonnet45, region, profile), kind, 0, Day(day))!.Usd;
        Assert.Equal(applies ? list / 2 : list, book.Find(On(Sonnet45, region, profile), kind, 0, Day(day))!.Usd);
    }

    [Theory]
    [InlineData("geo", "eu", true)]
    [InlineData("geo", "global", false)]
    [InlineData("geo", null, false)]
    [InlineData("bare", null, true)]
    [InlineData("bare", "eu", false)]
    [InlineData(null, "eu", true)]
    public void ADiscountsProfileIsOneAllOrAGeographyOfAnyKind(string? wanted, string? profile, bool applies)
    {
        var book = List.WithOverrides(Off(new PriceDiscount { Id = "d", Percent = 50, Profile = wanted }));
        var list = List.Find(On(Sonnet45, "eu-west-1", profile), UsageKind.Input, 0, Now)!.Usd;
        Assert.Equal(applies ? list / 2 : list, book.Find(On(Sonnet45, "eu-west-1", profile), UsageKind.Input, 0, Now)!.Usd);
    }

    [Fact]
    public void OnlyTheFirstDiscountThatFitsApplies()
    {
        var book = List.WithOverrides(Off(new PriceDiscount { Id = "a", Percent = 10 }, new PriceDiscount { Id = "b", Percent = 50 }));
        Assert.Equal(2.97m, book.Find(On(Sonnet45), UsageKind.Input, 0, Now)?.Usd);
    }

    [Fact]
    public void NoDiscountComesOffAnOwnPrice()
    {
        var book = List.WithOverrides(Own($"{Sonnet45},*,,,,,,input,2,1000000,2026-01-01,,contract,2026-01-01,") with { Discounts = [new PriceDiscount { Id = "d", Percent = 10 }] });
        Assert.Equal(2m, book.Find(On(Sonnet45), UsageKind.Input, 0, Now)?.Usd);
    }

    [Fact]
    public void ADiscountForAModelLeavesChargesOfTheAccountAlone()
    {
        var usage = new Usage { Units = [new(UsageKind.GuardrailContentUnit, 1000)] };
        Assert.Equal("0.15", List.WithOverrides(Off(new PriceDiscount { Id = "d", Percent = 10, Model = "anthropic.*" })).Price(On(Sonnet45), usage, Now).Total.ToString());
        Assert.Equal("0.135", List.WithOverrides(Off(new PriceDiscount { Id = "d", Percent = 10 })).Price(On(Sonnet45), usage, Now).Total.ToString());
    }

    [Fact]
    public void ADiscountComesOffTheTierPriceOnce()
    {
        var book = List.WithOverrides(Off(new PriceDiscount { Id = "d", Percent = 10 }));
        Assert.Equal(3.3m * 0.5m * 0.9m, book.Find(On(Sonnet45) with { Batch = true }, UsageKind.Input, 0, Now)?.Usd);
    }

    [Fact]
    public void FaultsOfDiscountsAreReportedTogether()
    {
        var error = Assert.Throws<PriceFileException>(() => List.WithOverrides(Off(
            new PriceDiscount { Id = "y:1", Percent = 0 },
            new PriceDiscount { Id = "y:2", Percent = 101, Model = "a*b", Region = "Europe", Profile = "uk", From = new DateOnly(2026, 2, 1), Until = new DateOnly(2026, 1, 1) })));
        Assert.Equal(["y:1 percent", "y:2 percent", "y:2 model", "y:2 region", "y:2 profile", "y:2 until"], error.Errors.Select(e => $"{e.Place} {e.Column}"), StringComparer.Ordinal);
    }

    [Fact]
    public void OverridesReplaceEarlierOnes()
    {
        var book = List.WithOverrides(Off(new PriceDiscount { Id = "d", Percent = 10 })).WithOverrides(PriceOverrides.None);
        Assert.Equal(3.3m, book.Find(On(Sonnet45), UsageKind.Input, 0, Now)?.Usd);
    }

    private static PriceOverrides Own(params string[] lines) =>
        PriceOverrides.LoadOwnPrices(new StringReader(string.Join('\n', lines.Prepend(PriceFileTests.Header))), "own.csv");

    private static PriceOverrides Off(params PriceDiscount[] discounts) => new() { Discounts = [.. discounts] };
}
