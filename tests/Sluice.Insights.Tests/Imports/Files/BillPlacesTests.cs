using System.IO.Compression;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Sluice.Insights.Buckets;
using Sluice.Insights.Imports;
using Sluice.Insights.Imports.Files;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using Sluice.Testing;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Imports.Files;

public sealed class BillPlacesTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly BucketOnLoopback _bucket = new();

    public void Dispose()
    {
        _bucket.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void PlainGzipJoinedGzipAndZipAreReadFromABucket()
    {
        _bucket.Put("bills/a.csv", Bill("input", "0.06"));
        _bucket.Put("bills/b.csv.gz", [.. Gzip(Bill("output", "0.24")), .. Gzip(Encoding.UTF8.GetBytes(Charge("USE1-NovaPro-output-tokens", "1", "0.5")))]);
        _bucket.Put("bills/c.zip", Zip(Bill("cache-read-input-token-count", "0.2")));
        var importer = Importer();

        foreach (var file in importer.Expand([$"s3://{BucketOnLoopback.Name}/bills/"]))
            importer.Import(file, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public void AManifestInABucketReplacesTheFormerDeliveryOfItsMonth()
    {
        _bucket.Put("cur/one.csv", Bill("input", "0.06"));
        _bucket.Put("cur/two.csv", Bill("output", "0.24"));
        _bucket.Put("cur/first-Manifest.json", """{"bucket":"my-logs","reportKeys":["cur/one.csv","cur/two.csv"]}"""u8.ToArray());
        _bucket.Put("cur/second-Manifest.json", """{"dataFiles":["s3://my-logs/cur/one.csv"]}"""u8.ToArray());
        var importer = Importer();
        importer.Import("s3://my-logs/cur/first-Manifest.json", cancellationToken: TestContext.Current.CancellationToken);
        var second = importer.Import("s3://my-logs/cur/second-Manifest.json", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((0, 1, 1), (second.NewCharges, second.RestatedCharges, second.RemovedCharges));
        Assert.Equal(0.06m, Assert.Single(_folder.Rows()).Amounts.Billed);
    }

    [Fact]
    public void AnAddressWithoutRightsIsRefusedWithWhatToDo()
    {
        _bucket.IsForbidden = true;

        foreach (var address in (string[])["s3://my-logs/bill.csv", "s3://my-logs/bills/"])
        {
            var message = Assert.Throws<ImportException>(() => Importer().Import(Importer().Expand([address])[0], cancellationToken: TestContext.Current.CancellationToken)).Message;
            Assert.Contains($"{address} can't be read: Access Denied", message, StringComparison.Ordinal);
            Assert.Contains("The import needs s3:ListBucket and s3:GetObject there; set AWS_REGION", message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
        }
        Assert.Contains("names no bucket", Assert.Throws<ImportException>(() => Importer().Expand(["s3:///x"])).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Rows());
    }

    [Fact]
    public void AGzipThatEndsEarlyInABucketImportsNothing()
    {
        _bucket.Put("cut.csv.gz", Gzip(Bill("input", "0.06"))[..^5]);

        Assert.Contains("damaged or cut off", Assert.Throws<ImportException>(() => Importer().Import("s3://my-logs/cut.csv.gz", cancellationToken: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Rows());
    }

    [Fact]
    public void StarsStandForFilesOfADirectory()
    {
        var (a, b) = (_folder.File("nov-1.csv", []), _folder.File("nov-2.csv", []));
        using var places = new BillPlaces();

        Assert.Equal([a, b, "other.csv"], places.Expand([Path.Combine(_folder.Folder, "nov-*.csv"), "other.csv"]));
        Assert.Contains("No file is called", Assert.Throws<ImportException>(() => places.Expand([Path.Combine(_folder.Folder, "dec-*.csv")])).Message, StringComparison.Ordinal);
    }

    private BillImporter Importer() => new(_folder.Store, new ManualTime())
    {
        Places = () => new BillPlaces(() => new S3Bucket(
            new AmazonS3Client(new BasicAWSCredentials("AKIDEXAMPLE", "secret"), new AmazonS3Config { ServiceURL = _bucket.Address.ToString(), ForcePathStyle = true, MaxErrorRetry = 0 }), "The import")),
    };

    private static byte[] Bill(string kind, string cost) => Encoding.UTF8.GetBytes(CurHeader + "\n" + Charge($"USE1-NovaLite-{(kind.Contains('-', StringComparison.Ordinal) ? kind : kind + "-tokens")}", "1", cost));

    private static byte[] Gzip(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionMode.Compress))
            gzip.Write(content);
        return buffer.ToArray();
    }

    private static byte[] Zip(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("bill.csv").Open();
            entry.Write(content);
        }
        return buffer.ToArray();
    }
}
