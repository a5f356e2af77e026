using System.Text.Json;
using Sluice.Insights.Spend;
using Sluice.Output;

namespace Sluice.Tests.Output;

public sealed class BillListingTests
{
    private static readonly BillQuery Query = new() { GroupBy = ["team"], Cost = BillCost.List };

    private static readonly BillAnswer Answer = new(
        [new BillRow { Group = ["red"], Currency = "USD", Lines = 3, UnpricedLines = 1, Input = 1_000, Cost = 0.0006m }],
        new Dictionary<(string, BillRemark), long> { [("focus", BillRemark.ToldInMoreDetail)] = 12 });

    [Fact]
    public void JsonSaysWhatIsLeftOutBesideItsRows()
    {
        var json = JsonDocument.Parse(Written(OutputFormat.Json)).RootElement;

        Assert.Equal(("billed", "list", 1L), (json.GetProperty("basis").GetString(), json.GetProperty("cost_basis").GetString(), json.GetProperty("unpriced").GetInt64()));
        Assert.StartsWith("12 lines of source focus are left out", json.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("0.0006", json.GetProperty("rows")[0].GetProperty("cost").GetString());
    }

    [Fact]
    public void CsvIsRowsAlone() =>
        Assert.Equal(
            "team,currency,lines,unpriced_lines,input,cache_read,cache_write_5m,cache_write_1h,output,units,cost\nred,USD,3,1,1000,0,0,0,0,,0.0006\n",
            Written(OutputFormat.Csv));

    private static string Written(OutputFormat format)
    {
        var text = new StringWriter { NewLine = "\n" };
        BillListing.Write(text, Query, Answer, format);
        return text.ToString();
    }
}
