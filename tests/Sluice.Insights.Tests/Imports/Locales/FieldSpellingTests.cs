using Sluice.Insights.Imports;
using Sluice.Insights.Imports.Locales;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Locales;

/// <summary>Amounts and days that could mean two things, as whole files prove them.</summary>
public sealed class FieldSpellingTests : IDisposable
{
    private const string Azure = "SubscriptionId,Date,MeterCategory,MeterName,Quantity,UnitOfMeasure,PayGPrice,CostInBillingCurrency,BillingCurrency";
    private const string Focus = "BilledCost,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,BillingPeriodEnd,BillingCurrency,SkuId";

    private readonly StoreFolder _folder = new();
    private int _files;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(',', "15.03", "11,25", "3,78")]
    [InlineData(';', "15.03", "11,25", "3,78")]
    [InlineData('\t', "1238.34", "1.234,56", "3,78")]
    [InlineData(',', "1003.78", "1,000", "3.78")]
    [InlineData(',', "1003", "1000", "3")]
    [InlineData(';', "4.234", "1,234", "3")]
    [InlineData(';', "1003.78", "1,000", "3.78")]
    [InlineData(',', "1234567.5", "1,234,567", "0.5")]
    [InlineData(',', "-1.5", "(5.00)", "3.5")]
    public void AFileProvesItsDecimalMark(char separator, string sum, params string[] costs)
    {
        Import(separator, costs);

        Assert.Equal(decimal.Parse(sum, System.Globalization.CultureInfo.InvariantCulture), _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Theory]
    [InlineData(',', "line 2 has '1,000', which may be decimals or thousands", "1,000", "2,500")]
    [InlineData(',', "line 2 has '1,5' with a decimal comma", "1,5", "2.5")]
    [InlineData(',', "line 3 has '1.234,5' with a decimal comma", "1,234.5", "1.234,5")]
    [InlineData(';', "line 2 has '1.234', which may be decimals or thousands", "1.234", "5")]
    public void AFileThatProvesNoneOrTwoIsRefused(char separator, string message, params string[] costs)
    {
        Assert.Contains(message, Assert.Throws<ImportException>(() => Import(separator, costs)).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Rows());
    }

    [Fact]
    public void TheUserMaySay()
    {
        Import(',', ["1,000", "2,500"], new ImportOptions { Decimal = DecimalMark.Comma });
        Assert.Equal(3.5m, _folder.Rows().Sum(r => r.Amounts.Billed));

        Import(',', ["1,000", "2,500"], new ImportOptions { Decimal = DecimalMark.Point });
        Assert.Equal(3500m, _folder.Rows().Sum(r => r.Amounts.Billed));
        Assert.Contains("--decimal point says a decimal point", Assert.Throws<ImportException>(() => Import(',', ["1,5"], new ImportOptions { Decimal = DecimalMark.Point })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OneColumnsDecimalsDontMakeThousandsOfAnothersPoints()
    {
        var text = Azure + "\ns,11/20/2026,Foundry Models,GPT 5 inp Glbl 1M Tokens,10,1M,1.125,\"11,25\",EUR\n";

        Assert.Contains("line 2 has '1.125', which may be decimals or thousands; say --decimal comma", Assert.Throws<ImportException>(() => _folder.ImportText(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALateProofHoldsForRowsBeforeIt()
    {
        Import(',', [.. Enumerable.Repeat("1.500", 2000), "1.500,25"]);

        Assert.Equal((2000 * 1500m) + 1500.25m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Theory]
    [InlineData("3/11/2026", "25/11/2026", "2026-11-03")]
    [InlineData("11/3/2026", "11/25/2026 0:00", "2026-11-03")]
    [InlineData("3.11.2026", "4.11.2026", "2026-11-03")]
    [InlineData("2026/11/3", "2026-11-25", "2026-11-03")]
    [InlineData("11/11/2026", "12/12/2026", "2026-11-11")]
    public void AFileProvesTheOrderOfDayAndMonth(string first, string second, string day)
    {
        _folder.ImportText(FocusFile(first, second));

        Assert.Equal(DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture), _folder.Rows().Min(r => r.Amounts.From));
    }

    [Fact]
    public void AMonthOfABillProvesTheOrder()
    {
        _folder.ImportText(Focus + "\n1,11/3/2026,11/4/2026,11/1/2026,12/1/2026,USD,a\n");

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero), "2026-11"), (row.Amounts.From, row.Facet.BillingMonth));
    }

    [Fact]
    public void ADayThatMayBeTwoIsSetAsideUntilTheUserSays()
    {
        var result = _folder.ImportText(FocusFile("3/11/2026", "2026-11-20"));
        Assert.Equal((1, 1), (result.Rows, result.SetAside));
        Assert.Contains("'3/11/2026' may be two days", result.SetAsideRows[0].Reason, StringComparison.Ordinal);

        Assert.Contains("say --dates", Assert.Throws<ImportException>(() => _folder.ImportText(FocusFile("3/11/2026", "4/11/2026"))).Message, StringComparison.Ordinal);
        _folder.Import([_folder.File("said.csv", System.Text.Encoding.UTF8.GetBytes(FocusFile("3/11/2026", "4/11/2026")))], new ImportOptions { Dates = DateOrder.DayFirst });
        Assert.All(_folder.Rows(), r => Assert.Equal(11, r.Amounts.From.Month));
    }

    [Fact]
    public void FilesWithBothOrdersAreRefused() => Assert.Contains(
        "line 2 has '25/11/2026' with the day first and line 3 has '11/26/2026' with the month first",
        Assert.Throws<ImportException>(() => _folder.ImportText(FocusFile("25/11/2026", "11/26/2026", "1/2/2026"))).Message, StringComparison.Ordinal);

    [Fact]
    public void AzureWritesTheMonthFirstAndAContradictionRefusesTheFile()
    {
        string[] lines = ["s,03/11/2026,Foundry Models,m,1,1M,,1.5,EUR", "s,25/11/2026,Foundry Models,m,1,1M,,1.5,EUR"];
        var text = $"{Azure}\n{string.Join('\n', lines)}\n";
        Assert.Contains("line 3: '25/11/2026' has the day first", Assert.Throws<ImportException>(() => _folder.ImportText(text)).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Rows());

        _folder.Import([_folder.File("said.csv", System.Text.Encoding.UTF8.GetBytes(text))], new ImportOptions { Dates = DateOrder.DayFirst });
        Assert.Equal([3, 25], _folder.Rows().Select(r => r.Amounts.From.Day));
    }

    private static string FocusFile(params string[] days) => Focus + "\n" + string.Concat(days.Select((day, i) => $"1,{day},2026-12-31,2026-11-01,2026-12-01,USD,sku{i}\n"));

    private void Import(char separator, string[] costs, ImportOptions? options = null)
    {
        var lines = costs.Select((cost, i) => string.Join(separator, ["s", "11/20/2026", "Foundry Models", $"GPT 5 inp Glbl {i}", "1", "1M", "", separator == ',' ? $"\"{cost}\"" : cost, "EUR"]));
        _folder.Import([_folder.File($"{++_files}.csv", System.Text.Encoding.UTF8.GetBytes($"{Azure.Replace(',', separator)}\n{string.Join('\n', lines)}\n"))], options ?? new ImportOptions());
    }
}
