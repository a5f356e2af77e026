using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Sluice.Insights.Buckets;

/// <summary>Objects of S3 by their addresses, <c>s3://bucket/key</c>. Each is streamed when it is opened; nothing is kept on a disk.</summary>
/// <param name="client">Disposed with this.</param>
/// <param name="purpose">Who wants to read, for messages: <c>The import</c>.</param>
public sealed class S3Bucket(IAmazonS3 client, string purpose) : IDisposable
{
    private const string Scheme = "s3://";

    /// <summary>With the credentials and the region that AWS's standard chain finds.</summary>
    /// <exception cref="IOException">It finds no region; the message says what to do.</exception>
    public static S3Bucket OfDefaultChain(string purpose)
    {
        var endpoint = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        // A store that is not AWS's has as a rule no host name for each bucket.
        var config = string.IsNullOrEmpty(endpoint) ? new AmazonS3Config() : new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true };
        try
        {
            return new S3Bucket(new AmazonS3Client(config), purpose);
        }
        catch (AmazonClientException e)
        {
            throw new IOException($"{purpose} can't reach S3: {e.Message}. Set AWS_REGION to the bucket's, or AWS_PROFILE to a profile that has a region.", e);
        }
    }

    public static bool IsAddress(string path) => path.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">The address names no bucket.</exception>
    public static (string Bucket, string Key) Parts(string address)
    {
        var rest = IsAddress(address) ? address[Scheme.Length..] : "";
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? rest : rest[..slash];
        return bucket.Length > 0
            ? (bucket, slash < 0 ? "" : rest[(slash + 1)..])
            : throw new ArgumentException($"'{address}' names no bucket; write s3://bucket/prefix.", nameof(address));
    }

    /// <summary>The addresses of the objects under a prefix that are not empty, sorted.</summary>
    /// <exception cref="IOException">They can't be listed; the message says why and what to do.</exception>
    public IReadOnlyList<string> List(string address)
    {
        try
        {
            return ListAsync(address).GetAwaiter().GetResult();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Unreadable(address, e);
        }
    }

    /// <returns>The object's content, and how many bytes it has.</returns>
    /// <exception cref="IOException">It can't be read; the message says why and what to do. Its cause is an <see cref="AmazonS3Exception"/> where S3 refused.</exception>
    public (Stream Content, long Length) Open(string address)
    {
        var (bucket, key) = Parts(address);
        try
        {
            var answer = client.GetObjectAsync(bucket, key).GetAwaiter().GetResult();
            return (answer.ResponseStream, answer.ContentLength);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw Unreadable(address, e);
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<IReadOnlyList<string>> ListAsync(string address)
    {
        var (bucket, prefix) = Parts(address);
        var found = new List<string>();
        await foreach (var item in client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket, Prefix = prefix }).S3Objects)
        {
            if (item.Size > 0)
                found.Add($"{Scheme}{bucket}/{item.Key}");
        }
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static bool IsRefusal(Exception e) => e is AmazonServiceException or AmazonClientException or HttpRequestException;

    private IOException Unreadable(string what, Exception cause) => new(
        $"{what} can't be read: {cause.Message} {purpose} needs s3:ListBucket and s3:GetObject there; set AWS_REGION to the bucket's, and AWS_PROFILE or other credentials that may read it.", cause);
}
