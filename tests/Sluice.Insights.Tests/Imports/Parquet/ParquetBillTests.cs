using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Parquet;
using Parquet.Schema;
using Sluice.Insights.Buckets;
using Sluice.Insights.Imports;
using Sluice.Insights.Imports.Files;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Insights.Tests.Imports.Parquet;

/// <summary>A bill is the same bill, whichever of the two forms it was delivered in.</summary>
public sealed class ParquetBillTests : IDisposable
{
    private const int Seed = 20_261_130;

    private readonly StoreFolder _fromCsv = new();
    private readonly StoreFolder _fromParquet = new();

    public void Dispose()
    {
        _fromCsv.Dispose();
        _fromParquet.Dispose();
    }

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Lz4Raw)]
    public async Task ACurIsTheSameStoreFromCsvAndFromParquet(CompressionMethod compression)
    {
        var rows = CurRow.Random(300, Seed);
        _fromCsv.ImportText(CurRow.Csv(rows), "cur.csv");
        var parquet = _fromParquet.Import(_fromParquet.File("cur.snappy.parquet", await CurRow.ParquetAsync(rows, compression, rowsOfGroup: 70)));

        Assert.Equal((BillSource.Cur, 300L, 0L), (parquet.Source, parquet.Rows, parquet.SetAside));
        Assert.Equal(_fromCsv.Rows(), _fromParquet.Rows());
        Assert.Contains(_fromParquet.Rows(), r => r.Facet.Tags.Contains("søk", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheSameChargesInTheOtherFormAreNoNewOnes()
    {
        var rows = CurRow.Random(100, Seed + 1);
        var first = _fromCsv.ImportText(CurRow.Csv(rows), "cur.csv");
        var second = _fromCsv.Import(_fromCsv.File("cur.parquet", await CurRow.ParquetAsync(rows)));

        Assert.Equal((0L, first.NewCharges), (second.NewCharges, second.RestatedCharges));
    }

    [Fact]
    public async Task AFocusFileIsTheSameStoreFromCsvAndFromParquet()
    {
        var random = new Random(Seed);
        var costs = Enumerable.Range(0, 60).Select(_ => Math.Round((decimal)random.NextDouble() * 1000, random.Next(13))).ToArray();
        var csv = new StringBuilder("BillingAccountId,BillingCurrency,BillingPeriodStart,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BilledCost,EffectiveCost,ListCost,ContractedCost,ConsumedQuantity,ConsumedUnit,ServiceCategory,ServiceName,ServiceProviderName,SkuPriceDetails,Tags\n");
        foreach (var (i, cost) in costs.Index())
        {
            csv.Append(CultureInfo.InvariantCulture, $"1,USD,2026-11-01T00:00:00.000Z,Usage,2026-11-{1 + (i % 28):00}T00:00:00.000Z,2026-11-{2 + (i % 28):00}T00:00:00.000Z,{cost},{cost},{(i % 3 == 0 ? "" : cost)},{cost},")
                .Append(CultureInfo.InvariantCulture, $"{i * 1000},Tokens,AI and Machine Learning,Amazon Bedrock,AWS,\"{{\"\"x_ModelId\"\":\"\"m-{i % 4}\"\",\"\"x_TokenDirection\"\":\"\"Input\"\"}}\",\"{{\"\"team\"\":\"\"t{i % 5}\"\"}}\"\n");
        }
        var csvResult = _fromCsv.ImportText(csv.ToString());
        var file = new ParquetFile(costs.Length)
            .Texts("BillingAccountId", _ => "1").Texts("BillingCurrency", _ => "USD").Values<DateTime>(new DateTimeDataField("BillingPeriodStart", DateTimeFormat.Impala), _ => Day(1)).Texts("ChargeCategory", _ => "Usage")
            .Values<DateTime>(new DateTimeDataField("ChargePeriodStart", DateTimeFormat.DateAndTimeMicros, true), i => Day(1 + (i % 28))).Values<DateTime>(new DateTimeDataField("ChargePeriodEnd", DateTimeFormat.DateAndTime), i => Day(2 + (i % 28)))
            .Values<decimal>(new DecimalDataField("BilledCost", 38, 18), i => costs[i]).Values<decimal>(new DecimalDataField("EffectiveCost", 20, 12), i => costs[i])
            .Values<double>("ListCost", i => i % 3 == 0 ? null : (double)costs[i]).Values<decimal>(new DecimalDataField("ContractedCost", 18, 12), i => costs[i])
            .Values<long>("ConsumedQuantity", i => i * 1000).Texts("ConsumedUnit", _ => "Tokens").Texts("ServiceCategory", _ => "AI and Machine Learning").Texts("ServiceName", _ => "Amazon Bedrock").Texts("ServiceProviderName", _ => "AWS")
            .Maps("SkuPriceDetails", i => [("x_ModelId", $"m-{i % 4}"), ("x_TokenDirection", "Input")]).Maps("Tags", i => [("team", $"t{i % 5}")]);
        var result = _fromParquet.Import(_fromParquet.File("focus.parquet", await file.ToBytesAsync()));

        Assert.Equal((BillSource.Focus, 60L, 0L), (result.Source, result.Rows, result.SetAside));
        Assert.Equal(csvResult.Warnings, result.Warnings);
        Assert.Equal(_fromCsv.Rows(), _fromParquet.Rows());
        Assert.Equal(costs.Sum(), _fromParquet.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public async Task AFolderInPartitionsAndAManifestOfSeveralFilesAreRead()
    {
        var rows = CurRow.Random(90, Seed + 2);
        _fromCsv.ImportText(CurRow.Csv(rows));
        var folder = Directory.CreateDirectory(Path.Combine(_fromParquet.Folder, "export/data/BILLING_PERIOD=2026-11")).FullName;
        foreach (var i in Enumerable.Range(0, 3))
            await File.WriteAllBytesAsync(Path.Combine(folder, $"bill-0000{i}.snappy.parquet"), await CurRow.ParquetAsync(rows[(i * 30)..((i + 1) * 30)]), TestContext.Current.CancellationToken);
        var metadata = Directory.CreateDirectory(Path.Combine(_fromParquet.Folder, "export/metadata/BILLING_PERIOD=2026-11")).FullName;
        var manifest = Path.Combine(metadata, "bill-Manifest.json");
        await File.WriteAllTextAsync(
            manifest, """{"dataFiles":[""" + string.Join(',', Enumerable.Range(0, 3).Select(i => $"\"s3://bills/export/data/BILLING_PERIOD=2026-11/bill-0000{i}.snappy.parquet\"")) + "]}", TestContext.Current.CancellationToken);
        using var places = new BillPlaces();

        Assert.Equal(Directory.GetFiles(folder).Order(StringComparer.Ordinal), places.Expand([Path.Combine(_fromParquet.Folder, "export")]));
        _fromParquet.Import(manifest.Replace("metadata", "data", StringComparison.Ordinal) is var beside && Copy(manifest, beside) ? beside : "");
        Assert.Equal(_fromCsv.Rows(), _fromParquet.Rows());

        static bool Copy(string from, string to)
        {
            File.Copy(from, to);
            return true;
        }
    }

    [Fact]
    public async Task AnObjectOfABucketAndWhatAGzipOrZipHoldsAreRead()
    {
        var rows = CurRow.Random(60, Seed + 3);
        _fromCsv.ImportText(CurRow.Csv(rows));
        using var bucket = new BucketOnLoopback();
        bucket.Put("cur/data/BILLING_PERIOD=2026-11/a.snappy.parquet", await CurRow.ParquetAsync(rows[..20]));
        bucket.Put("cur/data/BILLING_PERIOD=2026-11/b.parquet.gz", Gzip(await CurRow.ParquetAsync(rows[20..40])));
        bucket.Put("cur/data/BILLING_PERIOD=2026-11/c.zip", Zip("c.parquet", await CurRow.ParquetAsync(rows[40..])));
        bucket.Put("cur/metadata/BILLING_PERIOD=2026-11/cur-Manifest.json", """
            {"dataFiles":["s3://my-logs/cur/data/BILLING_PERIOD=2026-11/a.snappy.parquet","s3://my-logs/cur/data/BILLING_PERIOD=2026-11/b.parquet.gz","s3://my-logs/cur/data/BILLING_PERIOD=2026-11/c.zip"]}
            """u8.ToArray());
        var importer = new BillImporter(_fromParquet.Store, new ManualTime())
        {
            Places = () => new BillPlaces(() => new S3Bucket(
                new AmazonS3Client(new BasicAWSCredentials("AKIDEXAMPLE", "secret"), new AmazonS3Config { ServiceURL = bucket.Address.ToString(), ForcePathStyle = true, MaxErrorRetry = 0 }), "The import")),
        };

        Assert.Equal(3, importer.Expand([$"s3://{BucketOnLoopback.Name}/cur/"]).Count);
        importer.Import($"s3://{BucketOnLoopback.Name}/cur/metadata/BILLING_PERIOD=2026-11/cur-Manifest.json", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(_fromCsv.Rows(), _fromParquet.Rows());
    }

    [Fact]
    public async Task WhatIsCutOffOrDamagedIsRefusedAndNothingOfItKept()
    {
        var bytes = await CurRow.ParquetAsync(CurRow.Random(40, Seed + 4), CompressionMethod.Snappy, rowsOfGroup: 20);
        var random = new Random(Seed);
        for (var i = 0; i < 40; i++)
        {
            var cut = bytes[..random.Next(4, bytes.Length - 1)];
            var message = Assert.Throws<ImportException>(() => _fromParquet.Import(_fromParquet.File("cut.parquet", cut))).Message;
            Assert.Contains("cut.parquet", message, StringComparison.Ordinal);
        }
        Assert.Empty(_fromParquet.Rows());
        for (var i = 0; i < 100; i++)
        {
            var changed = (byte[])bytes.Clone();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
                changed[random.Next(4, changed.Length)] = (byte)random.Next(256);
            // Where the bytes of a value changed it is another value, for which the format has no checksum that writers must give.
            var fault = Record.Exception(() => _fromParquet.Import(_fromParquet.File("changed.parquet", changed)));
            Assert.True(fault is null or ImportException, $"{i}: {fault}");
        }
    }

    /// <summary>The reader builds the schema by recursion, which such a file would end the process by.</summary>
    [Fact]
    public void ASchemaOfStructsInStructsIsRefused()
    {
        const int Depth = 200_000;
        // Thrift, compact: version 1, then a list of elements that each have a name and one child.
        byte[] count = [(byte)(0x80 | (Depth & 0x7F)), (byte)(0x80 | ((Depth >> 7) & 0x7F)), Depth >> 14];
        byte[] footer = [0x15, 2, 0x19, 0xFC, .. count, .. Enumerable.Repeat((byte[])[0x48, 1, (byte)'a', 0x15, 2, 0], Depth).SelectMany(e => e), 0x16, 0, 0x19, 0x0C, 0];
        byte[] file = [.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];

        Assert.Contains("nested more than 64 times", Assert.Throws<ImportException>(() => _fromParquet.Import(_fromParquet.File("deep.parquet", file))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AColumnOfAnotherBillIsNamed()
    {
        var bytes = await new ParquetFile(1).Texts("a", _ => "1").Texts("b", _ => "2").ToBytesAsync();

        Assert.Contains("no known bill begins with the columns 'a', 'b'", Assert.Throws<ImportException>(() => _fromParquet.Import(_fromParquet.File("x.parquet", bytes))).Message, StringComparison.Ordinal);
    }

    private static DateTime Day(int day) => new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(day - 1);

    private static byte[] Gzip(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionMode.Compress))
            gzip.Write(content);
        return buffer.ToArray();
    }

    private static byte[] Zip(string name, byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(content);
        }
        return buffer.ToArray();
    }
}
