using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>
/// The objects under a prefix of a bucket. Each is streamed when it is asked for, and nothing is kept on a disk, since it
/// holds prompts: a replay that reads twice fetches twice.
/// </summary>
/// <param name="client">Disposed with this.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="prefix">What its keys begin with; may be empty.</param>
public sealed class S3LogFiles(IAmazonS3 client, string bucket, string prefix) : ILogFiles
{
    /// <summary>Reads <c>s3://bucket/prefix</c> with the credentials and the region that AWS's standard chain finds.</summary>
    /// <exception cref="ArgumentException">The address names no bucket.</exception>
    public static S3LogFiles Of(string address)
    {
        var (bucket, prefix) = Parts(address);
        var endpoint = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        // A store that is not AWS's has as a rule no host name for each bucket.
        var config = string.IsNullOrEmpty(endpoint) ? new AmazonS3Config() : new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true };
        return new S3LogFiles(new AmazonS3Client(config), bucket, prefix);
    }

    public IReadOnlyList<string> List()
    {
        try
        {
            return ListAsync().GetAwaiter().GetResult();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Unreadable($"s3://{bucket}/{prefix}", e);
        }
    }

    public Stream Open(string file)
    {
        var (from, key) = Parts(file);
        try
        {
            return client.GetObjectAsync(from, key).GetAwaiter().GetResult().ResponseStream;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Unreadable(file, e);
        }
    }

    public Stream? OpenLarge(string s3Uri, string nextTo)
    {
        try
        {
            return Open(s3Uri);
        }
        catch (IOException e) when (e.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<IReadOnlyList<string>> ListAsync()
    {
        var files = new List<string>();
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        await foreach (var item in client.Paginators.ListObjectsV2(request).S3Objects)
        {
            if (item.Size > 0 && LogFileNames.IsLog("/" + item.Key))
                files.Add($"s3://{bucket}/{item.Key}");
        }
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static (string Bucket, string Key) Parts(string address)
    {
        const string Scheme = "s3://";
        var rest = address.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? address[Scheme.Length..] : "";
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? rest : rest[..slash];
        return bucket.Length > 0
            ? (bucket, slash < 0 ? "" : rest[(slash + 1)..])
            : throw new ArgumentException($"'{address}' names no bucket; write s3://bucket/prefix.", nameof(address));
    }

    private static bool IsRefusal(Exception e) => e is AmazonServiceException or AmazonClientException or HttpRequestException;

    private static IOException Unreadable(string what, Exception cause) => new(
        $"{what} can't be read: {cause.Message} The replay needs s3:ListBucket and s3:GetObject there; set AWS_REGION to the bucket's, and AWS_PROFILE or other credentials that may read it.", cause);
}
