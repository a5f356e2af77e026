using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Testing;
using static Sluice.Core.Tests.Pricing.Asked;

namespace Sluice.Core.Tests.Pricing;

public sealed class PriceBookTests
{
    private const string Sonnet45 = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string NovaLite = "amazon.nova-lite-v1:0";
    private const string NovaTwoLite = "amazon.nova-2-lite-v1:0";

    private static readonly PriceBook Book = PriceBook.Default;

    // Prompt-cache records of Sonnet 4.5 on a global profile: 14 fresh and 4,410 cached tokens.
    [Fact]
    public void ChargesTheWriteOfACachedPrefixAndThenItsRead()
    {
        var global = On(Sonnet45, profile: "global");
        Assert.Equal("0.0165795", Book.Price(global, new Usage { Input = 14, CacheWrite5m = 4_410 }, Now).Total.ToString());
        Assert.Equal("0.001365", Book.Price(global, new Usage { Input = 14, CacheRead = 4_410 }, Now).Total.ToString());
    }

    [Fact]
    public void ChargesOneHourWritesAtTwiceTheInput() =>
        Assert.Equal("0.09634", Book.Price(On("anthropic.claude-opus-4-5-20251101-v1:0", profile: "global"), new Usage { CacheWrite1h = 9_634 }, Now).Total.ToString());

    // A July 2026 bill: USE2_InputTokenCount-Units 3.30, USE2_InputTokenCount_Global-Units 3.00.
    [Theory]
    [InlineData(null, "3.30")]
    [InlineData("us", "3.30")]
    [InlineData("eu", "3.30")]
    [InlineData("jp", "3.30")]
    [InlineData("au", "3.30")]
    [InlineData("in", "3.30")]
    [InlineData("apac", "3.30")]
    [InlineData("global", "3.00")]
    public void OnlyAGlobalProfilePaysTheGlobalPrice(string? profile, string input) =>
        Assert.Equal(Usd(input), UsdPerMillion(On(Sonnet45, AwsRegions.UsualRegion(profile), profile), UsageKind.Input));

    [Fact]
    public void CurrentModelsPayExactlyTenPercentMoreInRegionThanGlobally()
    {
        var days = new[] { Now, new DateTimeOffset(2026, 8, 15, 0, 0, 0, TimeSpan.Zero) };
        var checkedRows = 0;
        foreach (var at in days)
        {
            foreach (var global in Book.Rows.Where(r => r.Profile == "global" && r.Region == "*" && !r.Model.Contains("sonnet-4-2025", StringComparison.Ordinal) && r.Kind.IsToken() && r.HoldsOn(DateOnly.FromDateTime(at.Date))))
            {
                if (global.Model.StartsWith("cohere", StringComparison.Ordinal) || global.Model.StartsWith("twelvelabs", StringComparison.Ordinal))
                    continue;
                foreach (var profile in new[] { null, "us" })
                {
                    var regional = Book.Find(On(global.Model, "us-west-2", profile) with { Tier = global.Tier }, global.Kind, global.AboveTokens + 1, at);
                    Assert.Equal(global.Usd * 1.1m, regional?.Usd);
                    checkedRows++;
                }
            }
        }
        Assert.True(checkedRows > 400, $"only {checkedRows} prices were compared");
    }

    // The list of 2026-08-01: us-gov.anthropic.claude-sonnet-4-5 3.60 / 18.00, and 7.20 beyond 200k.
    [Theory]
    [InlineData(null)]
    [InlineData("us-gov")]
    public void GovCloudHasItsOwnPrices(string? profile)
    {
        var gov = On(Sonnet45, "us-gov-west-1", profile);
        Assert.Equal(3.6m, UsdPerMillion(gov, UsageKind.Input));
        Assert.Equal(7.2m, UsdPerMillion(gov, UsageKind.Input, 200_001));
    }

    [Theory]
    [InlineData("us-gov-east-1", null)]
    [InlineData("us-gov-west-1", "us-gov")]
    [InlineData("cn-north-1", null)]
    [InlineData("us-gov-west-1", "global")]
    public void APatternOfCommercialRegionsNeverMeansAnotherPartition(string region, string? profile)
    {
        Assert.Null(Book.Find(On("anthropic.claude-opus-4-7", region, profile), UsageKind.Input, 0, Now));
        Assert.Null(Book.Find(On("meta.llama3-3-70b-instruct-v1:0", region, profile), UsageKind.Input, 0, Now));
    }

    [Fact]
    public void AGovCloudProfileDoesNotPayACommercialPriceByWayOfAWrongRegion() =>
        Assert.Null(Book.Find(On("anthropic.claude-opus-4-8", "us-east-1", "us-gov"), UsageKind.Input, 0, Now));

    [Theory]
    [InlineData("us-east-1", "0.06")]
    [InlineData("us-west-1", "0.077")] // Named beside us-*: the exact region wins.
    [InlineData("eu-west-1", "0.069")]
    [InlineData("eu-central-1", "0.078")]
    public void OlderModelsPayThePriceOfTheRegion(string region, string input) =>
        Assert.Equal(Usd(input), UsdPerMillion(On(NovaLite, region), UsageKind.Input));

    [Theory]
    [InlineData("eu", "eu-west-1", "0.069")]
    [InlineData("eu", "eu-central-1", "0.078")]
    [InlineData("apac", "ap-southeast-2", "0.063")]
    [InlineData("ca", "ca-central-1", "0.064")]
    public void AGeographicProfileOfThemPaysThePriceOfTheRegionThatIsCalled(string profile, string region, string input) =>
        Assert.Equal(Usd(input), UsdPerMillion(On(NovaLite, region, profile), UsageKind.Input));

    [Fact]
    public void AProfileIsNotPricedInARegionThatCannotCallIt() =>
        Assert.Null(Book.Find(On(NovaLite, "us-east-1", "eu"), UsageKind.Input, 0, Now));

    [Fact]
    public void ARegionOfWhichNothingIsKnownHasNoPriceAndNoDefault()
    {
        var cost = Book.Price(On("meta.llama3-70b-instruct-v1:0", "eu-north-1"), new Usage { Input = 1000, Output = 10 }, Now);
        Assert.Null(cost.Total);
        Assert.Equal([UsageKind.Input, UsageKind.Output], cost.Unpriced);
        Assert.Empty(cost.Lines);
    }

    [Fact]
    public void AMissingPriceOfOneKindLeavesTheTotalUnknownAndTheOtherLinesKnown()
    {
        var cost = Book.Price(On("anthropic.claude-3-haiku-20240307-v1:0"), new Usage { Input = 1_000_000, CacheWrite1h = 1 }, Now);
        Assert.Null(cost.Total);
        Assert.Equal([UsageKind.CacheWrite1h], cost.Unpriced);
        Assert.Equal("0.25", Assert.Single(cost.Lines).Amount.ToString());
    }

    [Fact]
    public void AKindThatWasNotCountedNeedsNoPrice() =>
        Assert.Equal("0.25", Book.Price(On("anthropic.claude-3-haiku-20240307-v1:0"), new Usage { Input = 1_000_000 }, Now).Total.ToString());

    [Fact]
    public void NothingCostsNothingEvenWhereNothingIsPriced() =>
        Assert.Equal(Money.Zero, Book.Price(On("nobody.knows-this"), Usage.None, Now).Total);

    [Theory]
    [InlineData("anthropic.claude-mythos-preview")]
    [InlineData("anthropic.claude-mythos-5")]
    public void AZeroThatStandsForAMissingFigureIsNotAPrice(string model) =>
        Assert.Null(Book.Price(On(model), new Usage { Input = 1 }, Now).Total);

    [Fact]
    public void WhatIsFreeOfChargeHasAPriceOfZero()
    {
        var cost = Book.Price(On(Sonnet45), new Usage { Units = [new(UsageKind.GuardrailWordUnit, 5000)] }, Now);
        Assert.Equal(Money.Zero, cost.Total);
        Assert.Equal("free of charge", Assert.Single(cost.Lines).Row.Note);
    }

    // Multiples of the input price, by the lists of 2026-08-01 and 2026-11-10.
    [Theory]
    [InlineData("anthropic.claude-opus-5-5", "0.05", "1.25")]
    [InlineData("anthropic.claude-fable-5-1", "0.025", "1.25")]
    [InlineData("anthropic.claude-opus-5", "0.1", "1.25")]
    [InlineData("openai.gpt-6.1-sol", "0.05", "1.25")]
    [InlineData("openai.gpt-6-sol", "0.1", "1.25")]
    [InlineData("amazon.nova-2-lite-v1:0", "0.25", "1")]
    [InlineData("moonshotai.kimi-k3", "0.1", "1.25")]
    public void CacheMultipliersAreTheModelsOwn(string model, string read, string write)
    {
        var global = On(model, profile: "global");
        var input = UsdPerMillion(global, UsageKind.Input);
        Assert.Equal(input * Usd(read), UsdPerMillion(global, UsageKind.CacheRead));
        Assert.Equal(input * Usd(write), UsdPerMillion(global, UsageKind.CacheWrite5m));
    }

    [Fact]
    public void AOneHourWriteHasAPriceOnlyWhereTheModelHasThatLifetime()
    {
        var withOneHour = Book.Rows.Where(r => r.Kind == UsageKind.CacheWrite1h).Select(r => r.Model).Distinct(StringComparer.Ordinal);
        Assert.All(withOneHour, model => Assert.Contains("anthropic.claude-", model, StringComparison.Ordinal));
        Assert.DoesNotContain(withOneHour, m => m.Contains("-3-", StringComparison.Ordinal) || m.Contains("opus-4-1", StringComparison.Ordinal) || m.Contains("sonnet-4-2025", StringComparison.Ordinal));
        foreach (var row in Book.Rows.Where(r => r.Kind == UsageKind.CacheWrite1h))
        {
            var input = Book.Rows.Single(r => r.Kind == UsageKind.Input && (r.Model, r.Region, r.Profile, r.AboveTokens, r.Batch) == (row.Model, row.Region, row.Profile, row.AboveTokens, row.Batch));
            Assert.Equal(2 * input.Usd, row.Usd);
        }
    }

    // The whole request pays the band: 2x in and 1.5x out for the Sonnets and OpenAI, 5x for Haiku 5.5.
    [Theory]
    [InlineData(Sonnet45, 200_000, "2", "1.5")]
    [InlineData("anthropic.claude-sonnet-4-20250514-v1:0", 200_000, "2", "1.5")]
    [InlineData("anthropic.claude-haiku-5-5", 100_000, "5", "5")]
    [InlineData("openai.gpt-6-sol", 272_000, "2", "1.5")]
    [InlineData("openai.gpt-5.6-luna", 272_000, "2", "1.5")]
    public void ACallBeyondTheBandPaysItWhole(string model, long above, string inputFactor, string outputFactor)
    {
        var identity = On(model, profile: "global");
        var at = Book.Price(identity, new Usage { Input = above - 1000, CacheRead = 1000, Output = 500 }, Now);
        var beyond = Book.Price(identity, new Usage { Input = above - 999, CacheRead = 1000, Output = 500 }, Now);
        Assert.Equal([0, 0, 0], at.Lines.Select(l => l.Row.AboveTokens));
        Assert.Equal([above, above, above], beyond.Lines.Select(l => l.Row.AboveTokens));
        Assert.Equal(at.Lines[0].Row.Usd * Usd(inputFactor), beyond.Lines[0].Row.Usd);
        Assert.Equal(at.Lines[1].Row.Usd * Usd(inputFactor), beyond.Lines[1].Row.Usd);
        Assert.Equal(at.Lines[2].Row.Usd * Usd(outputFactor), beyond.Lines[2].Row.Usd);
    }

    [Theory]
    [InlineData("anthropic.claude-opus-4-8")]
    [InlineData("anthropic.claude-sonnet-4-6")]
    public void ModelsWithoutALongContextSurchargeHaveOneBand(string model) =>
        Assert.Equal(UsdPerMillion(On(model), UsageKind.Input), UsdPerMillion(On(model), UsageKind.Input, 900_000));

    // 0.20 in an AWS file of 2026-09-30, 0.10 in the list of 2026-11-10.
    [Theory]
    [InlineData("2026-09-30", "0.20")]
    [InlineData("2026-11-09", "0.20")]
    [InlineData("2026-11-10", "0.10")]
    [InlineData("2026-11-21", "0.10")]
    public void APriceChangesOnItsDay(string day, string read) =>
        Assert.Equal(Usd(read), Book.Find(On("anthropic.claude-sonnet-5-5", profile: "global"), UsageKind.CacheRead, 0, Day(day))?.Usd);

    [Fact]
    public void TheDayIsThatOfUtc()
    {
        var lastMinutes = new DateTimeOffset(2026, 11, 10, 1, 59, 0, TimeSpan.FromHours(2));
        Assert.Equal(0.20m, Book.Find(On("anthropic.claude-sonnet-5-5", profile: "global"), UsageKind.CacheRead, 0, lastMinutes)?.Usd);
    }

    [Fact]
    public void ACallBeforeTheFirstPriceHasNone() => Assert.Null(Book.Find(On(Sonnet45), UsageKind.Input, 0, Day("2025-09-28")));

    // Batch and flex halve the price and priority adds 75%, where the model has them.
    [Theory]
    [InlineData(Sonnet45, ServiceTier.Default, true, "1.65")]
    [InlineData("anthropic.claude-3-5-haiku-20241022-v1:0", ServiceTier.Default, true, "0.40")]
    [InlineData(NovaTwoLite, ServiceTier.Flex, false, "0.165")]
    [InlineData(NovaTwoLite, ServiceTier.Priority, false, "0.5775")]
    [InlineData(NovaTwoLite, ServiceTier.Default, true, "0.165")]
    [InlineData("amazon.nova-premier-v1:0", ServiceTier.Priority, false, "4.375")]
    [InlineData("openai.gpt-oss-120b-1:0", ServiceTier.Priority, false, "0.2625")]
    [InlineData("deepseek.v3-v1:0", ServiceTier.Flex, false, "0.29")]
    public void TiersAreMultiplesOfTheOnDemandPrice(string model, ServiceTier tier, bool batch, string input) =>
        Assert.Equal(Usd(input), UsdPerMillion(On(model) with { Tier = tier, Batch = batch }, UsageKind.Input));

    // AWS's page shows Qwen3 Coder 30B at 0.1545 / 0.6180, flex and batch at 0.0773 / 0.3090 and priority at 0.2704 / 1.0815:
    // its four decimals are rounded, its price list has 0.07725.
    [Theory]
    [InlineData(ServiceTier.Flex, false, "0.0773", "0.3090")]
    [InlineData(ServiceTier.Default, true, "0.0773", "0.3090")]
    [InlineData(ServiceTier.Priority, false, "0.2704", "1.0815")]
    public void TierPricesAgreeWithThoseThatAwsShowsRounded(ServiceTier tier, bool batch, string input, string output)
    {
        var identity = On("qwen.qwen3-coder-30b-a3b-v1:0", "ap-southeast-2") with { Tier = tier, Batch = batch };
        Assert.Equal(Usd(input), decimal.Round(UsdPerMillion(identity, UsageKind.Input)!.Value, 4, MidpointRounding.AwayFromZero));
        Assert.Equal(Usd(output), decimal.Round(UsdPerMillion(identity, UsageKind.Output)!.Value, 4, MidpointRounding.AwayFromZero));
    }

    [Fact]
    public void ABatchPriceThatAwsListsApartComesBeforeTheRule()
    {
        var row = Book.Find(On("openai.gpt-oss-safeguard-20b") with { Batch = true }, UsageKind.Input, 0, Now)!;
        Assert.Equal(0.03m, row.Usd); // AWS lists 0.03 beside 0.07 on demand.
        Assert.DoesNotContain("tiers.csv", row.Id, StringComparison.Ordinal);
    }

    [Fact]
    public void ATierPriceNamesBothLinesThatItComesFrom()
    {
        var row = Book.Find(On(NovaTwoLite) with { Tier = ServiceTier.Flex }, UsageKind.Output, 0, Now)!;
        Assert.Matches(@"^prices\.csv:\d+ x tiers\.csv:\d+$", row.Id);
        Assert.Equal("aws-price-list, aws-pricing-page", row.Source);
        Assert.Equal(new DateOnly(2026, 7, 24), row.SourceDate);
    }

    [Theory]
    [InlineData(Sonnet45, ServiceTier.Flex)]
    [InlineData("anthropic.claude-opus-5", ServiceTier.Priority)]
    [InlineData("meta.llama3-3-70b-instruct-v1:0", ServiceTier.Flex)]
    public void ATierThatAModelIsNotKnownToHaveHasNoPrice(string model, ServiceTier tier) =>
        Assert.Null(Book.Find(On(model) with { Tier = tier }, UsageKind.Input, 0, Now));

    [Theory]
    [InlineData("anthropic.claude-opus-4-8")]
    [InlineData("anthropic.claude-sonnet-5")]
    public void AModelThatAwsListsWithoutBatchHasNoBatchPrice(string model) =>
        Assert.Null(Book.Find(On(model) with { Batch = true }, UsageKind.Input, 0, Now));

    [Fact]
    public void ThereIsNoPromptCacheInBatch() => Assert.Null(Book.Find(On(Sonnet45) with { Batch = true }, UsageKind.CacheRead, 0, Now));

    [Fact]
    public void ReservedTokensArePrepaidAndHaveNoPrice() => Assert.Null(Book.Find(On(Sonnet45) with { Tier = ServiceTier.Reserved }, UsageKind.Input, 0, Now));

    // AWS's page of 2026-07-24.
    [Theory]
    [InlineData("anthropic.claude-3-5-haiku-20241022-v1:0", "1.00", "5.00")]
    [InlineData("amazon.nova-pro-v1:0", "1.00", "4.00")]
    [InlineData("meta.llama3-1-70b-instruct-v1:0", "0.90", "0.90")]
    [InlineData("meta.llama3-1-405b-instruct-v1:0", "3.00", "3.00")]
    public void OptimizedLatencyHasItsOwnPrices(string model, string input, string output)
    {
        var fast = On(model, "us-east-2", "us") with { LatencyOptimized = true };
        Assert.Equal(Usd(input), UsdPerMillion(fast, UsageKind.Input));
        Assert.Equal(Usd(output), UsdPerMillion(fast, UsageKind.Output));
    }

    [Fact]
    public void AModelWithoutOptimizedLatencyHasNoPriceForIt() =>
        Assert.Null(Book.Find(On(Sonnet45) with { LatencyOptimized = true }, UsageKind.Input, 0, Now));

    // Dollars for 1,000 units.
    [Theory]
    [InlineData(UsageKind.GuardrailContentUnit, "0.15")]
    [InlineData(UsageKind.GuardrailTopicUnit, "0.15")]
    [InlineData(UsageKind.GuardrailSensitiveInformationUnit, "0.10")]
    [InlineData(UsageKind.GuardrailGroundingUnit, "0.10")]
    [InlineData(UsageKind.GuardrailAutomatedReasoningUnit, "0.17")]
    [InlineData(UsageKind.GuardrailImageUnit, "0.75")]
    [InlineData(UsageKind.RouterRequest, "1")]
    public void ChargesOfTheAccountAreTheSameForEveryModelProfileAndTier(UsageKind kind, string usd)
    {
        var usage = new Usage { Units = [new(kind, 1000)] };
        foreach (var identity in new[] { On(Sonnet45), On(NovaLite, "eu-west-1", "eu"), On("imported") with { Tier = ServiceTier.Reserved }, On(Sonnet45, profile: "global") with { LatencyOptimized = true } })
            Assert.Equal(Money.FromUsd(Usd(usd)), Book.Price(identity, usage, Now).Total);
    }

    [Theory]
    [InlineData("cohere.rerank-v3-5:0", UsageKind.SearchUnit, 1000, "2")]
    [InlineData("amazon.titan-embed-text-v2:0", UsageKind.Input, 1_000_000, "0.02")]
    [InlineData("amazon.nova-2-multimodal-embeddings-v1:0", UsageKind.InputVideoSecond, 1000, "0.7")]
    [InlineData("stability.sd3-5-large-v1:0", UsageKind.OutputImage, 10, "0.8")]
    [InlineData("amazon.nova-canvas-v1:0/1024/standard", UsageKind.OutputImage, 100, "4")]
    [InlineData("anthropic.claude-instant-v1", UsageKind.ModelUnitHour1Month, 1, "39.6")]
    [InlineData("anthropic.claude-instant-v1", UsageKind.ModelUnitHour6Month, 1, "22")]
    [InlineData("anthropic.claude-v2:1", UsageKind.ModelUnitHour6Month, 1, "35")]
    [InlineData("cohere.command-text-v14", UsageKind.ModelUnitHour6Month, 1, "23.77")]
    [InlineData("cohere.command-light-text-v14", UsageKind.ModelUnitHour1Month, 1, "6.85")]
    [InlineData("meta.llama2-70b-chat-v1", UsageKind.ModelUnitHour6Month, 1, "13.08")]
    [InlineData("anthropic.claude-3-7-sonnet-20250219-v1:0", UsageKind.ModelUnitHour1Month, 1, "158.4")]
    [InlineData("meta.llama3-1-8b-instruct-v1:0", UsageKind.ModelUnitHour, 1, "24")]
    [InlineData("imported", UsageKind.CustomModelUnitMinute, 1000, "57.18")]
    [InlineData("imported", UsageKind.CustomModelUnitMonth, 2, "3.9")]
    public void UnitsOtherThanTextTokensArePriced(string model, UsageKind kind, long quantity, string usd) =>
        Assert.Equal(Money.FromUsd(Usd(usd)), Book.Price(On(model), Usage.None + Of(kind, quantity), Now).Total);

    // Public reports of November 2026: Luna and Terra were cut on 2026-07-30, Sol on 2026-08-21.
    [Theory]
    [InlineData("openai.gpt-5.6-sol", "2026-08-20", "5.5", "33")]
    [InlineData("openai.gpt-5.6-sol", "2026-08-21", "4.4", "22")]
    [InlineData("openai.gpt-5.6-luna", "2026-07-29", "1.1", "6.6")]
    [InlineData("openai.gpt-5.6-luna", "2026-07-30", "0.22", "1.32")]
    [InlineData("openai.gpt-5.6-terra", "2026-07-29", "2.75", "16.5")]
    [InlineData("openai.gpt-5.6-terra", "2026-07-30", "2.2", "13.2")]
    public void ACutOfAPriceHoldsFromItsDay(string model, string day, string input, string output)
    {
        var at = DateTimeOffset.Parse(day + "T12:00Z", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Usd(input), Book.Find(On(model), UsageKind.Input, 0, at)?.Usd);
        Assert.Equal(Usd(output), Book.Find(On(model), UsageKind.Output, 0, at)?.Usd);
    }

    [Theory]
    [InlineData(null, "66", "330", "82.5", "6.6")]
    [InlineData("us", "66", "330", "82.5", "6.6")]
    [InlineData("global", "60", "300", "75", "6")]
    public void TheUltrafastTierHasPricesOfItsOwn(string? profile, string input, string output, string write, string read)
    {
        var sheet = Book.Sheet(On("openai.gpt-6-astra") with { Profile = profile, Tier = ServiceTier.Ultrafast }, Now);
        UsageKind[] kinds = [UsageKind.Input, UsageKind.Output, UsageKind.CacheWrite5m, UsageKind.CacheRead];
        Assert.Equal([Usd(input), Usd(output), Usd(write), Usd(read)], kinds.Select(k => sheet.Find(k)!.Usd));
    }

    [Theory]
    [InlineData(ServiceTier.Ultrafast)]
    [InlineData(ServiceTier.Unknown)]
    public void ATierWithoutAPriceIsUnpricedAndNotTheDefault(ServiceTier tier) =>
        Assert.Null(Book.Price(On(Sonnet45) with { Tier = tier }, new Usage { Input = 10, Output = 10 }, Now).Total);

    // 1.2 times the global price, as AWS quotes it for Opus 4.8: 6 / 30.
    [Theory]
    [InlineData("anthropic.claude-opus-4-8", "us-gov-west-1", "6", "30")]
    [InlineData("anthropic.claude-opus-5", "us-gov-east-1", "6", "30")]
    [InlineData("anthropic.claude-sonnet-5", "us-gov-west-1", "2.4", "12")]
    [InlineData("anthropic.claude-fable-5-1", "us-gov-west-1", "12", "60")]
    [InlineData("openai.gpt-5.6-terra", "us-gov-west-1", "2.64", "15.84")]
    [InlineData("openai.gpt-5.6-luna", "us-gov-west-1", "0.264", "1.584")]
    [InlineData("xai.grok-4.3", "us-gov-west-1", "1.5", "3")]
    [InlineData("xai.grok-4.6", "us-gov-east-1", "2.64", "7.92")]
    public void GovCloudHasPricesOfItsOwn(string model, string region, string input, string output)
    {
        Assert.Equal(Usd(input), Book.Find(On(model, region), UsageKind.Input, 0, Now)?.Usd);
        Assert.Equal(Usd(output), Book.Find(On(model, region), UsageKind.Output, 0, Now)?.Usd);
    }

    [Theory]
    [InlineData("amazon.nova-sonic-v1:0", UsageKind.InputAudioToken, 1_000_000, "3.4")]
    [InlineData("amazon.nova-2-sonic-v1:0", UsageKind.OutputAudioToken, 1_000_000, "12")]
    [InlineData("amazon.nova-reel-v1:0", UsageKind.OutputVideoSecond, 6, "0.48")]
    [InlineData("openai.gpt-5.6-terra", UsageKind.WebSearch, 1, "0.012")]
    public void SpeechVideoAndSearchesArePriced(string model, UsageKind kind, long quantity, string usd) =>
        Assert.Equal(Money.FromUsd(Usd(usd)), Book.Price(On(model), Usage.None + Of(kind, quantity), Now).Total);

    // 0.75 and 1.50 a second in us-west-2, by the resolution; 1.50 stands on a public copy of AWS's list.
    [Theory]
    [InlineData("luma.ray-v2:0/540p", "3.75")]
    [InlineData("luma.ray-v2:0/720p", "7.5")]
    [InlineData("luma.ray-v2:0", null)]
    public void AVideoIsPricedByItsVariant(string model, string? usd) =>
        Assert.Equal(usd is null ? null : Money.FromUsd(Usd(usd)), Book.Price(On(model, "us-west-2"), Usage.None + Of(UsageKind.OutputVideoSecond, 5), Now).Total);

    [Fact]
    public void OtherIdsOfAModelPayItsPrice()
    {
        Assert.Equal(0.15m, UsdPerMillion(On("openai.gpt-oss-120b"), UsageKind.Input));
        Assert.Equal(0.73m, UsdPerMillion(On("moonshotai.kimi-k2-thinking", "ap-northeast-1"), UsageKind.Input));
        Assert.Equal(0.25m, UsdPerMillion(On("anthropic.claude-3-haiku-20240307-v1:0:48k"), UsageKind.Input));
    }

    [Fact]
    public void TheShippedFilesAreSortedSoThatChangesShowAsTheChangedLines()
    {
        var keys = Book.Rows.Select(r => (Line: int.Parse(r.Id.Split(':')[1]), r.Model, r.Kind)).Distinct().OrderBy(r => r.Line).ToArray();
        var sorted = keys.OrderBy(r => r.Model, StringComparer.Ordinal).ThenBy(r => r.Kind).ThenBy(r => r.Line);
        Assert.Equal(sorted, keys);
        Assert.Equal(Book.Models.All.Where(m => m.Exists).Select(m => m.Id).Order(StringComparer.Ordinal), Book.Models.All.Where(m => m.Exists).Select(m => m.Id), StringComparer.Ordinal);
    }

    [Fact]
    public void EverySourceIsExplainedInTheDocumentation()
    {
        var docs = File.ReadAllText(Path.Combine(Sluice.Testing.SharedFolder.RepositoryRoot, "docs", "prices.md"));
        Assert.All(Book.Rows.Select(r => r.Source).Distinct(StringComparer.Ordinal), source => Assert.Contains($"`{source}`", docs, StringComparison.Ordinal));
    }

    [Fact]
    public void AskingAgainGivesTheSameSheet() => Assert.Same(Book.Sheet(On(Sonnet45), Now), Book.Sheet(On(Sonnet45), Now.AddHours(1)));

    [Fact]
    public void AWarmLookupAllocatesNothingAndAPriceOnlyItsCost()
    {
        var identity = On(Sonnet45, "eu-west-1", "eu");
        var usage = new Usage { Input = 100, CacheRead = 20, Output = 3 };
        Assert.Equal(0, Allocations.Of(() => Book.Sheet(identity, Now).Find(UsageKind.Input, 120)));
        // The cost, its array of lines, and a line for each of three kinds.
        Assert.InRange(Allocations.Of(() => Book.Price(identity, usage, Now)), 1, 400);
    }

    [Fact]
    public void MadeUpModelsCannotFillTheMemory()
    {
        var book = PriceBook.Load(new StringReader(PriceFileTests.Header), "prices.csv");
        var first = book.Sheet(On("model-0"), Now);
        for (var i = 1; i < 4_200; i++)
            book.Sheet(On($"model-{i}"), Now);
        Assert.NotSame(first, book.Sheet(On("model-0"), Now));
    }

    private static decimal? UsdPerMillion(in PriceIdentity identity, UsageKind kind, long context = 0) => Book.Find(identity, kind, context, Now)?.UsdPerMillion;

    private static Usage Of(UsageKind kind, long quantity) => kind == UsageKind.Input
        ? new Usage { Input = quantity }
        : new Usage { Units = [new(kind, quantity)] };
}
