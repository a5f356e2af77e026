using System.Text;
using Sluice.Insights.Imports;
using Sluice.Insights.Spend;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Spend;

public sealed class BillSpendTests : IDisposable
{
    private const string FocusHeader = "BillingAccountId,BillingCurrency,BilledCost,EffectiveCost,ListCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceProviderName,SubAccountId,ServiceName,ServiceSubcategory,SkuMeter,SkuPriceDetails,ConsumedQuantity,ConsumedUnit,Tags\n";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AmountsOfDifferentCurrenciesAreNeverOneRow()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06") + Charge("USE1-NovaLite-input-tokens", "1", "0.05", currency: "EUR"));

        var rows = Ask("model").Rows;
        Assert.Equal([("EUR", 0.05m), ("USD", 0.06m)], rows.Select(r => (r.Currency, r.Cost!.Value)).Order());
    }

    [Fact]
    public void ALineWithoutACostIsCountedAndNotFree()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "") + Charge("USE1-NovaLite-output-tokens", "1", "0.24"));

        var rows = Ask("kind").Rows;
        Assert.Equal((1L, 1L, (decimal?)null, 1_000m), Told(rows.Single(r => r.Group[0] == "input")));
        Assert.Equal((1L, 0L, (decimal?)0.24m, 0m), Told(rows.Single(r => r.Group[0] == "output")));
        // The CUR of these tests has no public prices.
        Assert.All(Ask(new BillQuery { GroupBy = ["kind"], Cost = BillCost.List }).Rows, r => Assert.Null(r.Cost));

        static (long, long, decimal?, decimal) Told(BillRow row) => (row.Lines, row.UnpricedLines, row.Cost, row.Input);
    }

    [Fact]
    public void WhatTheCurTellsAFocusExportDoesNotTellAgain()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06"));
        _folder.ImportText(FocusHeader
            + Focus("0.06", "2026-11-20T10", "111122223333")
            // Another day, and another account: the CUR says nothing of them.
            + Focus("0.07", "2026-11-21T10", "111122223333") + Focus("0.08", "2026-11-20T10", "444455556666"), "focus.csv");

        var answer = Ask("provider");
        Assert.Equal(0.21m, Assert.Single(answer.Rows).Cost);
        Assert.Equal([(("focus", BillRemark.ToldInMoreDetail), 1L)], answer.Remarks.Select(l => (l.Key, l.Value)));
        // The charges themselves say the same as the sums, and whoever names the source sees all of it.
        Assert.Equal(0.21m, Ask("principal").Rows.Sum(r => r.Cost));
        var named = Ask(new BillQuery { GroupBy = ["source"], Filters = Filter("source", "focus") });
        Assert.Equal(0.21m, Assert.Single(named.Rows).Cost);
    }

    [Fact]
    public void ACurThatComesLaterTakesThePlaceOfTheFocusExport()
    {
        _folder.ImportText(FocusHeader + Focus("0.05", "2026-11-20T10", "111122223333"), "focus.csv");
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06"));

        Assert.Equal(0.06m, Assert.Single(Ask("day").Rows).Cost);
        Assert.Equal(0.06m, Assert.Single(Ask("month").Rows).Cost);
        Assert.Equal(0.06m, Assert.Single(Ask("hour").Rows).Cost);
    }

    [Fact]
    public void OtherServicesAreLeftOutLabelledOrTakenInWhereTheyCarryTheWorkload()
    {
        _folder.ImportText(CurHeader + "\n"
            + Charge("USE1-NovaLite-input-tokens", "1", "0.06", tags: "{\"user_app\":\"chat\"}")
            + Charge("USE1-Requests-Tier1", "1", "0.10", product: "Amazon Simple Storage Service", tags: "{\"user_app\":\"chat\"}")
            + Charge("USE1-Lambda-GB-Second", "1", "0.20", product: "AWS Lambda", tags: "{\"user_app\":\"shop\"}")
            + Charge("USE1-BoxUsage", "1", "0.40", product: "Amazon Elastic Compute Cloud", tags: "{\"user_app\":\"chat\"}"));

        Assert.Equal(0.06m, Ask("app").Rows.Sum(r => r.Cost));
        var related = Ask(new BillQuery { GroupBy = ["workload", "service"], Services = BillReach.Related });
        Assert.Equal([("generative_ai", "Amazon Bedrock"), ("related", "Amazon Simple Storage Service")], related.Rows.Select(r => (r.Group[0], r.Group[1])).Order());
        Assert.Equal(1, related.Remarks[("cur", BillRemark.NotTagged)]);
        var all = Ask(new BillQuery { GroupBy = ["workload"], Services = BillReach.All });
        Assert.Equal([("generative_ai", 0.06m), ("other", 0.60m), ("related", 0.10m)], all.Rows.Select(r => (r.Group[0], r.Cost!.Value)).Order());
    }

    [Fact]
    public void UnitsAreSummedWhereTheyAreOfOneKindAlone()
    {
        _folder.ImportText(CurHeader + "\n"
            + Charge("USE1-Requests-Tier1", "3", "0.10", product: "Amazon Simple Storage Service") + Charge("USE1-Requests-Tier1", "4", "0.10", "2026-11-20T11", product: "Amazon Simple Storage Service"));

        Assert.Equal(7m, Assert.Single(Ask(new BillQuery { GroupBy = ["service"], Services = BillReach.All }).Rows).Units);
    }

    [Fact]
    public void TagsOfAnySpellingAreWordsAndAnyTagCanBeAskedFor()
    {
        _folder.ImportText(CurHeader + "\n"
            + Charge("USE1-NovaLite-input-tokens", "1", "0.06", tags: "{\"user:Team\":\"red\",\"user:cost-centre\":\"7\"}")
            + Charge("USE1-NovaLite-input-tokens", "1", "0.05", tags: "{\"iamPrincipal/team\":\"blue\",\"user_Application\":\"chat\"}"));

        Assert.Equal([("", "red"), ("chat", "blue")], Ask("app", "team").Rows.Select(r => (r.Group[0], r.Group[1])).Order());
        Assert.Equal(["", "7"], Ask("tag:cost-centre").Rows.Select(r => r.Group[0]).Order());
        Assert.Equal(0.06m, Ask(new BillQuery { GroupBy = ["model"], Filters = Filter("team", "r*") }).Rows.Single().Cost);
    }

    [Theory]
    [InlineData("month")]
    [InlineData("day")]
    [InlineData("hour")]
    [InlineData("usage_type")]
    public void WhatWasBilledStandsInForAnEffectiveCostThatALineLacksAndIsNamed(string by)
    {
        _folder.ImportText(FocusHeader + Focus("1.5", "2026-11-20T10", "a") + Focus("4", "2026-11-20T11", "a").Replace(",4,4,4,", ",4,,,", StringComparison.Ordinal), "focus.csv");

        var answer = Ask(by);
        Assert.Equal((5.5m, 0L), (answer.Rows.Sum(r => r.Cost), answer.Rows.Sum(r => r.UnpricedLines)));
        Assert.Equal([(("focus", BillRemark.BilledStandsIn), 1L)], answer.Remarks.Select(l => (l.Key, l.Value)));
        Assert.Equal("effective, billed", answer.CostBasis(BillCost.Effective));
        Assert.Equal(1L, Ask(new BillQuery { GroupBy = [by], Cost = BillCost.List }).Rows.Sum(r => r.UnpricedLines));
    }

    [Fact]
    public void OfAzuresTwoExportsTheAmortizedOneTellsWhatIsEffectiveAndTheActualOneTheRest()
    {
        const string Header = "billingAccountId,date,subscriptionId,meterCategory,meterName,quantity,unitOfMeasure,payGPrice,costInBillingCurrency,billingCurrency,chargeType\n";
        _folder.ImportText(Header + "1,2026-11-20,sub-1,Azure OpenAI,GPT 5 Inp regnl,3,1M,2,6,USD,Usage\n1,2026-11-20,sub-1,Azure OpenAI,PTU reservation,1,1 Hour,0,100,USD,Purchase\n", "ActualCost.csv");

        var alone = Ask("provider");
        Assert.Equal((106m, "billed"), (Assert.Single(alone.Rows).Cost, alone.CostBasis(BillCost.Effective)));

        _folder.ImportText(Header + "1,2026-11-20,sub-1,Azure OpenAI,GPT 5 Inp regnl,3,1M,2,5.5,USD,Usage\n1,2026-11-20,sub-1,Azure OpenAI,PTU reservation,1,1 Hour,0,3.25,USD,UnusedReservation\n", "AmortizedCost.csv");

        var effective = Ask("commitment");
        Assert.Equal([("", 5.5m), ("unused", 3.25m)], effective.Rows.Select(r => (r.Group[0], r.Cost!.Value)).Order());
        Assert.Equal("effective", effective.CostBasis(BillCost.Effective));
        foreach (var by in (string[])["provider", "usage_type"])
        {
            Assert.Equal(106m, Ask(new BillQuery { GroupBy = [by], Cost = BillCost.Billed }).Rows.Sum(r => r.Cost));
            Assert.Equal(3_000_000m, Ask(new BillQuery { GroupBy = [by], Cost = BillCost.Billed }).Rows.Sum(r => r.Input));
        }
    }

    [Fact]
    public void TheMonthOfTheInvoiceNeedNotBeTheOneOfTheCharge()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "1") + Charge("USE1-NovaLite-input-tokens", "1", "2", "2026-12-01T00"));

        Assert.Equal([("2026-11", 3m)], Ask("invoice_month").Rows.Select(r => (r.Group[0], r.Cost!.Value)));
        Assert.Equal(2, Ask("month").Rows.Count);
    }

    [Fact]
    public void OnlyChargesThatBeginWithinTheRangeCount()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "1") + Charge("USE1-NovaLite-input-tokens", "1", "2", "2026-11-20T11") + Charge("USE1-NovaLite-input-tokens", "1", "4", "2026-11-21T00"));
        var ten = new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

        Assert.Equal(3, Ask(new BillQuery { From = ten, To = ten.AddHours(2) }).Rows.Single().Cost);
        Assert.Equal(2, Ask(new BillQuery { From = ten.AddSeconds(1), To = ten.AddHours(2) }).Rows.Single().Cost);
        Assert.Equal(7, Ask(new BillQuery { From = ten.AddHours(-10) }).Rows.Single().Cost);
        Assert.Equal(4, Ask(new BillQuery { GroupBy = ["model"], Filters = Filter("day", "2026-11-21") }).Rows.Single().Cost);
    }

    [Fact]
    public void SourcesThatTellTheSameInOneDeliveryAreToldApartToo()
    {
        var files = new[] { ("focus.csv", FocusHeader + Focus("0.05", "2026-11-20T10", "111122223333")), ("cur.csv", CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06")) };
        _folder.Import([.. files.Select(f => _folder.File(f.Item1, Encoding.UTF8.GetBytes(f.Item2)))], new ImportOptions());

        Assert.All((string[])["day", "month", "hour", "principal"], by => Assert.Equal(0.06m, Assert.Single(Ask(by).Rows).Cost));
    }

    [Fact]
    public void AChargeIsTracedToTheLineOfTheFileThatSaidItLast()
    {
        var (output, input) = (Charge("USE1-NovaLite-output-tokens", "1", "0.24"), Charge("USE1-NovaLite-input-tokens", "1", "0.06"));
        _folder.ImportText(CurHeader + "\n" + output + input + input, "monday.csv");
        _folder.ImportText(CurHeader + "\n" + input, "tuesday.csv");
        var (monday, tuesday) = (Path.Combine(_folder.Folder, "monday.csv"), Path.Combine(_folder.Folder, "tuesday.csv"));

        Assert.Equal([("input", $"{tuesday}:2"), ("output", $"{monday}:2")], Ask("kind", "source_row").Rows.Select(r => (r.Group[0], r.Group[1])).Order());
        Assert.Equal(0.24m, Assert.Single(Ask(new BillQuery { GroupBy = ["day"], Filters = Filter("source_row", monday + "*") }).Rows).Cost);
    }

    [Fact]
    public void RowsThatAddUpAreTracedToTheFirstOfThem()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-output-tokens", "1", "0.24") + Charge("USE1-NovaLite-input-tokens", "1", "0.06") + Charge("USE1-NovaLite-input-tokens", "2", "0.12"));

        var row = Ask("kind", "source_row").Rows.Single(r => r.Group[0] == "input");
        Assert.EndsWith("bill.csv:3", row.Group[1], StringComparison.Ordinal);
        Assert.Equal((2L, 0.18m), (row.Lines, row.Cost));
    }

    private static string Focus(string cost, string hour, string account) =>
        $"999900000001,USD,{cost},{cost},{cost},Usage,{hour}:00:00Z,{hour}:59:59Z,AWS,{account},Amazon Bedrock,Generative AI,Input Tokens,\"{{\"\"x_ModelId\"\":\"\"amazon.nova-lite-v1:0\"\"}}\",1000,Tokens,\n";

    private static Dictionary<string, IReadOnlyList<string>> Filter(string name, string value) => new(StringComparer.Ordinal) { [name] = [value] };

    private BillAnswer Ask(params string[] by) => Ask(new BillQuery { GroupBy = by });

    private BillAnswer Ask(BillQuery query) => BillSpend.Ask(_folder.Store, query);
}
