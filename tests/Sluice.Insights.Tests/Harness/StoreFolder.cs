using System.Text;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;
using Sluice.Testing;

namespace Sluice.Insights.Tests.Harness;

/// <summary>A cost store in a folder that is gone when the test is over, and files to import.</summary>
internal sealed class StoreFolder : IDisposable
{
    public const string CurHeader =
        "bill_billing_period_start_date,bill_payer_account_id,line_item_currency_code,line_item_line_item_type,line_item_operation,line_item_product_code,"
        + "line_item_unblended_cost,line_item_usage_account_id,line_item_usage_amount,line_item_usage_end_date,line_item_usage_start_date,line_item_usage_type,pricing_unit,product,resource_tags";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-costs-");
    private readonly ManualTime _time = new();

    public StoreFolder() => Store = CostStore.Open(_folder.FullName, _time);

    public CostStore Store { get; }

    public string Folder => _folder.FullName;

    public ImportResult Import(string file, BillSource? source = null) => new BillImporter(Store, _time).Import(file, source, null, TestContext.Current.CancellationToken);

    public ImportResult Import(IReadOnlyList<string> files, ImportOptions options) => new BillImporter(Store, _time).Import(files, options, null, TestContext.Current.CancellationToken);

    public ImportResult ImportText(string text, string name = "bill.csv") => Import(File(name, Encoding.UTF8.GetBytes(text)));

    public string File(string name, byte[] content)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    public List<CostRow> Rows() => [.. Store.Days(DateOnly.MinValue, DateOnly.MaxValue, all: true)];

    /// <summary>What providers count without money.</summary>
    public List<CostRow> Counted() => [.. Store.Days(DateOnly.MinValue, DateOnly.MaxValue, all: true, counted: true)];

    public void Dispose()
    {
        Store.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A line of a CUR.</summary>
    public static string Charge(string usageType, string amount, string cost, string hour = "2026-11-20T10", string currency = "USD", string type = "Usage", string product = "Amazon Bedrock", string tags = "")
    {
        var code = product == "Amazon Bedrock" ? "AmazonBedrock" : product.EndsWith("Edition)", StringComparison.Ordinal) ? "8b2vqk9p0000" : product;
        return $"2026-11-01T00:00:00.000Z,999900000001,{currency},{type},InvokeModelInference,{code},{cost},111122223333,{amount},{hour}:59:59Z,{hour}:00:00Z,{usageType},,"
            + $"\"{{\"\"product_name\"\":\"\"{product}\"\"}}\",\"{tags.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n";
    }
}
