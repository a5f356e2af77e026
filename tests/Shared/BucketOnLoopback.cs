using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Testing;

/// <summary>The little of S3 that reading needs, on loopback: lists of at most two keys, and objects.</summary>
internal sealed class BucketOnLoopback : IDisposable
{
    public const string Name = "my-logs";

    private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly HttpListener _listener = new();

    public BucketOnLoopback()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>Whether nobody has the right to read anything.</summary>
    public bool IsForbidden { get; set; }

    public void Put(string key, byte[] content) => _objects[key] = content;

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            var key = Uri.UnescapeDataString(context.Request.Url!.AbsolutePath[1..]);
            var (status, body) = IsForbidden ? (403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"u8.ToArray())
                : key.TrimEnd('/') == Name ? (200, List(context.Request))
                : _objects.TryGetValue(key[(Name.Length + 1)..], out var found) ? (200, found)
                : (404, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"u8.ToArray());
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/xml";
            await context.Response.OutputStream.WriteAsync(body);
            context.Response.Close();
        }
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
