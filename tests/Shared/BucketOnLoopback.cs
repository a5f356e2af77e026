using System.Net;
using System.Text;

namespace Sluice.Testing;

/// <summary>The little of S3 that reading needs, on loopback: lists of at most two keys, and objects.</summary>
internal sealed class BucketOnLoopback : IDisposable
{
    public const string Name = "my-logs";

    private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly LoopbackServer _server;

    public BucketOnLoopback() => _server = new LoopbackServer(AnswerAsync);

    public Uri Address => _server.Address;

    /// <summary>Whether nobody has the right to read anything.</summary>
    public bool IsForbidden { get; set; }

    public void Put(string key, byte[] content) => _objects[key] = content;

    public void Dispose() => _server.Dispose();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var key = Uri.UnescapeDataString(context.Request.Url!.AbsolutePath[1..]);
        var (status, body) = IsForbidden ? (403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"u8.ToArray())
            : key.TrimEnd('/') == Name ? (200, List(context.Request))
            : _objects.TryGetValue(key[(Name.Length + 1)..], out var found) ? (200, found)
            : (404, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"u8.ToArray());
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        await context.Response.OutputStream.WriteAsync(body);
    }

    private byte[] List(HttpListenerRequest request)
    {
        var prefix = request.QueryString["prefix"] ?? "";
        var after = request.QueryString["continuation-token"] ?? "";
        var keys = _objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(o.Key, after) > 0).ToList();
        var xml = new StringBuilder($"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{Name}</Name><IsTruncated>{(keys.Count > 2 ? "true" : "false")}</IsTruncated>");
        foreach (var (key, content) in keys.Take(2))
            xml.Append($"<Contents><Key>{key}</Key><Size>{content.Length}</Size></Contents>");
        if (keys.Count > 2)
            xml.Append($"<NextContinuationToken>{keys[1].Key}</NextContinuationToken>");
        return Encoding.UTF8.GetBytes(xml.Append("</ListBucketResult>").ToString());
    }
}
