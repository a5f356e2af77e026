using System.Net;
using Amazon.S3;
using Sluice.Insights.Buckets;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>
/// The objects under a prefix of a bucket. Each is streamed when it is asked for, and nothing is kept on a disk, since it
/// holds prompts: a replay that reads twice fetches twice.
/// </summary>
/// <param name="bucket">Disposed with this.</param>
/// <param name="address">The bucket and what its keys begin with.</param>
public sealed class S3LogFiles(S3Bucket bucket, string address) : ILogFiles
{
    /// <summary>Who reads, for messages.</summary>
    public const string Purpose = "The replay";

    /// <summary>Reads <c>s3://bucket/prefix</c> with the credentials and the region that AWS's standard chain finds.</summary>
    /// <exception cref="ArgumentException">The address names no bucket.</exception>
    public static S3LogFiles Of(string address)
    {
        _ = S3Bucket.Parts(address);
        return new S3LogFiles(S3Bucket.OfDefaultChain(Purpose), address);
    }

    public IReadOnlyList<string> List() => [.. bucket.List(address).Where(file => LogFileNames.IsLog("/" + S3Bucket.Parts(file).Key))];

    public Stream Open(string file) => bucket.Open(file).Content;

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

    public void Dispose() => bucket.Dispose();
}
