using System.IO.Compression;
using System.Text;
using Sluice.Core.Metering;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Imports;

public sealed class BillImporterTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CountsThousandsOnAwsOwnItemsAndMillionsOnTheMarketplace()
    {
        _folder.ImportText(CurHeader + "\n"
            + Charge("USE1-Claude3Haiku-input-tokens", "12.5", "0.003125")
            + Charge("USE1-MP:USE1_InputTokenCount_Global-Units", "0.25", "0.75", product: "Claude Sonnet 4.6 (Amazon Bedrock Edition)"));

        var rows = _folder.Rows();
        Assert.Equal((12_500m, "anthropic.claude-3-haiku-20240307-v1:0", "regional"), (rows[0].Amounts.Quantity, rows[0].Facet.Model, rows[0].Facet.Scope));
        Assert.Equal((250_000m, "anthropic.claude-sonnet-4-6", "global"), (rows[1].Amounts.Quantity, rows[1].Facet.Model, rows[1].Facet.Scope));
        Assert.All(rows, r => Assert.Equal((UsageKind.Input, "tokens", true), (r.Facet.Kind, r.Facet.Unit, r.Facet.IsGenerativeAi)));
    }

    [Fact]
    public void TheSameFileTwiceChangesNothing()
    {
        var text = CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06") + Charge("USE1-NovaLite-input-tokens", "1", "0.06") + Charge("USE1-NovaLite-output-tokens", "2", "0.48");
        var first = _folder.ImportText(text);
        var before = _folder.Rows();
        var second = _folder.ImportText(text);

        Assert.Equal(before, _folder.Rows());
        Assert.Equal((2, 0), (first.NewCharges, first.RestatedCharges));
        Assert.Equal((0, 2), (second.NewCharges, second.RestatedCharges));
        // Two lines that differ in nothing are two charges of the bill, and are both counted.
        Assert.Equal(0.12m, before.Single(r => r.Facet.Kind == UsageKind.Input).Amounts.Billed);
    }

    [Fact]
    public void ARestatedChargeTakesThePlaceOfTheEarlierOne()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06") + Charge("USE1-NovaLite-output-tokens", "2", "0.48"));
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1.5", "0.09") + Charge("USE1-NovaLite-input-tokens", "1", "0.06", hour: "2026-11-20T11"));

        Assert.Equal([0.15m, 0.48m], _folder.Rows().Select(r => r.Amounts.Billed!.Value));
        Assert.Equal(2_500m, _folder.Rows()[0].Amounts.Quantity);
    }

    [Fact]
    public void KeepsAndListsWhatItDoesNotUnderstand()
    {
        var result = _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens-turbo", "1", "0.06") + Charge("USE1-Zebra9-strides", "1", "0.5"));

        Assert.Equal([("USE1-Zebra9-strides", "kind, model"), ("USE1-NovaLite-input-tokens-turbo", "tail turbo")], result.Unknown.Select(u => (u.UsageType, u.Unknown)));
        Assert.Contains(_folder.Rows(), r => r.Facet is { Tier: "unknown:turbo", Model: "amazon.nova-lite-v1:0" });
        Assert.Equal(0.56m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public void SetsBadRowsAsideAndKeepsTheGoodOnes()
    {
        var result = _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06") + "too,short\n" + Charge("USE1-NovaLite-input-tokens", "1", "six cents") + Charge("USE1-NovaLite-output-tokens", "1", "0.24"));

        Assert.Equal((2, 2), (result.Rows, result.SetAside));
        Assert.Equal([3L, 4L], result.SetAsideRows.Select(r => r.Line));
        Assert.Contains("'six cents' is no number", result.SetAsideRows[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadsByteOrderMarksMixedLineEndsAndQuotedLineBreaks()
    {
        var text = CurHeader + "\r\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06", tags: "{\"user_note\":\"two\nlines\",\"user_team\":\"a\"}") + Charge("USE1-NovaLite-output-tokens", "2", "0.48").TrimEnd('\n') + "\r\n";
        var result = _folder.Import(_folder.File("bom.csv", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)]));

        Assert.Equal((2, 0), (result.Rows, result.SetAside));
        Assert.Equal(0.54m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public void ReadsTheLegacyReport()
    {
        _folder.ImportText("""
            bill/BillingPeriodStartDate,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,lineItem/Operation,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedCost,product/ProductName,pricing/unit,resourceTags/user:team
            2026-11-01T00:00:00Z,111122223333,Usage,2026-11-20T10:00:00Z,2026-11-20T11:00:00Z,AmazonBedrock,USE1-NovaLite-input-tokens,InvokeModelInference,3,USD,0.00018,Amazon Bedrock,1K tokens,search

            """);

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((3_000m, 0.00018m, """{"team":"search"}""", "Amazon Bedrock"), (row.Amounts.Quantity, row.Amounts.Billed, row.Facet.Tags, row.Facet.Service));
    }

    [Fact]
    public void KeepsCurrenciesApartAndCreditsNegative()
    {
        var result = _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06") + Charge("USE1-NovaLite-input-tokens", "1", "0.40", currency: "CNY") + Charge("USE1-NovaLite-input-tokens", "0", "-0.05", type: "Credit"));

        Assert.Equal([("CNY", 0.40m), ("USD", 0.01m)], result.Services.Select(s => (s.Currency, s.Billed)));
        Assert.Null(_folder.Rows().Single(r => r.Facet.ChargeCategory == "Credit").Facet.Kind);
    }

    [Fact]
    public void OtherServicesAreKeptAndAreNoGenerativeAi()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-Requests-Tier1", "1000", "0.005", product: "AmazonS3"));

        Assert.False(Assert.Single(_folder.Rows()).Facet.IsGenerativeAi);
        Assert.Empty(_folder.Store.Days(DateOnly.MinValue, DateOnly.MaxValue));
    }

    [Fact]
    public void AMissingCostIsUnknownAndNotZero()
    {
        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", ""));

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((null, 1L), (row.Amounts.Billed, row.UnpricedLines));
    }

    [Fact]
    public void ReadsGzipAndZipByTheirBytes()
    {
        var text = Encoding.UTF8.GetBytes(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06"));
        var other = Encoding.UTF8.GetBytes(CurHeader + "\n" + Charge("USE1-NovaLite-output-tokens", "1", "0.24"));
        _folder.Import(_folder.File("bill.bin", Gzip(text)));
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var entry = zip.CreateEntry("a.csv").Open())
                entry.Write(text);
            using (var entry = zip.CreateEntry("folder/b.csv").Open())
                entry.Write(other);
        }
        _folder.Import(_folder.File("bill.zip", buffer.ToArray()));

        Assert.Equal(0.30m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public void ATruncatedGzipImportsNothing()
    {
        var lines = string.Concat(Enumerable.Range(0, 2_000).Select(i => Charge("USE1-NovaLite-input-tokens", $"{i}", $"0.{i:00000}", tags: $"{{\"user_n\":\"{i}\"}}")));
        var whole = Gzip(Encoding.UTF8.GetBytes(CurHeader + "\n" + lines));

        foreach (var length in (int[])[whole.Length / 2, whole.Length - 8, whole.Length - 1])
            Assert.Contains("cut.csv.gz' is damaged or cut off", Refusal(_folder.File("cut.csv.gz", whole[..length])), StringComparison.Ordinal);
        Assert.Empty(_folder.Rows());
        Assert.Equal(2_000, _folder.Import(_folder.File("whole.csv.gz", whole)).Rows);
    }

    [Fact]
    public void GzipFilesThatWereJoinedAreOneBill()
    {
        byte[] joined = [.. Gzip(Encoding.UTF8.GetBytes(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06"))), .. Gzip(Encoding.UTF8.GetBytes(Charge("USE1-NovaLite-output-tokens", "1", "0.24")))];

        Assert.Equal(2, _folder.Import(_folder.File("joined.csv.gz", joined)).Rows);
        Assert.Contains("damaged or cut off", Refusal(_folder.File("cut.csv.gz", joined[..^3])), StringComparison.Ordinal);
    }

    [Fact]
    public void RefusesWhatIsNoBillAndSaysWhy()
    {
        Assert.Contains("is a directory", Refusal(_folder.Folder), StringComparison.Ordinal);
        Assert.Contains("is empty", Refusal(_folder.File("empty.csv", [])), StringComparison.Ordinal);
        Assert.Contains("line 1: no known bill has records with 'a'", Refusal(_folder.File("x.csv", "{\"a\":1}"u8.ToArray())), StringComparison.Ordinal);
        Assert.Contains("is Avro", Refusal(_folder.File("x.avro", "Obj\u0001...."u8.ToArray())), StringComparison.Ordinal);
        Assert.Contains("is CSV; anthropic is imported as JSON", Assert.Throws<ImportException>(() => _folder.Import(_folder.File("x.csv", Encoding.UTF8.GetBytes(CurHeader + "\n")), BillSource.Anthropic)).Message, StringComparison.Ordinal);
        Assert.Contains("is JSON; cur is imported as CSV", Assert.Throws<ImportException>(() => _folder.Import(_folder.File("x.json", "{\"a\":1}"u8.ToArray()), BillSource.Cur)).Message, StringComparison.Ordinal);
        Assert.Contains("damaged or cut off", Refusal(_folder.File("x.parquet", "PAR1...."u8.ToArray())), StringComparison.Ordinal);
        Assert.Contains("no known bill begins with the columns 'name', 'age'", Refusal(_folder.File("people.csv", "name,age\nA,3\n"u8.ToArray())), StringComparison.Ordinal);
        Assert.Contains("line 1: line_item_usage_amount is a column", Refusal(_folder.File("less.csv", Encoding.UTF8.GetBytes(CurHeader.Replace("line_item_usage_amount,", "", StringComparison.Ordinal) + "\n"))), StringComparison.Ordinal);
        Assert.Contains("copy the file here", Refusal("https://example.com/bill.csv"), StringComparison.Ordinal);
        Assert.Contains("can't be read", Refusal(Path.Combine(_folder.Folder, "absent.csv")), StringComparison.Ordinal);
        Assert.Contains("not one of its rows can be read, such as line 2", Refusal(_folder.File("bad.csv", Encoding.UTF8.GetBytes(CurHeader + "\na,b\n"))), StringComparison.Ordinal);
        Assert.Empty(_folder.Rows());
    }

    [Fact]
    public void FiveThousandColumnsAreNoTrouble()
    {
        var more = string.Concat(Enumerable.Range(0, 5_000).Select(i => $",extra_{i}"));
        var result = _folder.ImportText(CurHeader + more + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06").TrimEnd('\n') + new string(',', 5_000) + "\n");

        Assert.Equal((1, 0), (result.Rows, result.SetAside));
    }

    [Fact]
    public void MonthsThatOverlapInTwoFilesAreCountedOnce()
    {
        var october = Charge("USE1-NovaLite-input-tokens", "1", "0.06", hour: "2026-10-31T23").Replace("2026-11-01T", "2026-10-01T", StringComparison.Ordinal);
        var november = Charge("USE1-NovaLite-input-tokens", "1", "0.06", hour: "2026-11-01T00");
        _folder.ImportText(CurHeader + "\n" + october + november);
        var second = _folder.ImportText(CurHeader + "\n" + november + Charge("USE1-NovaLite-input-tokens", "1", "0.06", hour: "2026-11-01T01"));

        Assert.Equal((1, 1), (second.NewCharges, second.RestatedCharges));
        Assert.Equal(0.18m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public void AFileThatIsNotWhatItsNameSaysIsReadByWhatIsInIt()
    {
        var text = Encoding.UTF8.GetBytes(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06"));

        Assert.Equal(1, _folder.Import(_folder.File("plain.csv.gz", text)).Rows);
        Assert.Equal(1, _folder.Import(_folder.File("packed.csv", Gzip(text))).Rows);
        Assert.Contains("damaged or cut off", Refusal(_folder.File("no.zip", [(byte)'P', (byte)'K', 3, 4, 0, 0])), StringComparison.Ordinal);
        Assert.Contains("no known bill begins with the columns", Refusal(_folder.File("picture.csv", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10])), StringComparison.Ordinal);
        Assert.Contains("has no end", Refusal(_folder.File("cut.json", """{"object":"page","data":[{"object":"bucket","start_time":1,"""u8.ToArray())), StringComparison.Ordinal);
    }

    [Fact]
    public void ProjectsOfBedrockAreReadFromTheirResources()
    {
        _folder.ImportText(CurHeader + ",line_item_resource_id\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06").TrimEnd('\n') + ",arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_7\n");

        Assert.Equal(("proj_7", "999900000001", "2026-11"), (_folder.Rows()[0].Facet.Project, _folder.Rows()[0].Facet.BillingAccount, _folder.Rows()[0].Facet.BillingMonth));
    }

    [Fact]
    public void TheOrderOfTheColumnsDoesNotMatter()
    {
        _folder.ImportText("line_item_usage_type,line_item_product_code,line_item_usage_amount,line_item_unblended_cost,line_item_currency_code,line_item_usage_start_date,line_item_usage_end_date\nUSE1-NovaLite-input-tokens,AmazonBedrock,1,0.06,USD,2026-11-20T10:00:00Z,2026-11-20T11:00:00Z\n");
        _folder.ImportText("line_item_usage_end_date,line_item_usage_start_date,line_item_currency_code,line_item_unblended_cost,line_item_usage_amount,line_item_product_code,line_item_usage_type,line_item_iam_principal\n2026-11-20T11:00:00Z,2026-11-20T10:00:00Z,USD,0.07,1,AmazonBedrock,USE1-NovaLite-input-tokens,\n");

        Assert.Equal(0.07m, Assert.Single(_folder.Rows()).Amounts.Billed);
    }

    private string Refusal(string file) => Assert.Throws<ImportException>(() => _folder.Import(file)).Message;

    private static byte[] Gzip(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionMode.Compress))
            gzip.Write(content);
        return buffer.ToArray();
    }
}
