using System.Text;
using System.Text.Json;
using Sluice.Testing;

namespace Sluice.Bedrock.Signing;

/// <summary>One case of AWS's published suite for Signature Version 4.</summary>
internal sealed class SignatureVector
{
    private readonly string _folder;

    private SignatureVector(string name)
    {
        _folder = SharedFolder.Path($"vectors/sigv4/{name}");
        using var context = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "context.json")));
        var root = context.RootElement;
        var credentials = root.GetProperty("credentials");
        Credentials = new SigningCredentials(
            credentials.GetProperty("access_key_id").GetString()!,
            credentials.GetProperty("secret_access_key").GetString()!,
            credentials.TryGetProperty("token", out var token) ? token.GetString() : null);
        Region = root.GetProperty("region").GetString()!;
        Service = root.GetProperty("service").GetString()!;
        At = root.GetProperty("timestamp").GetDateTimeOffset();
        Lifetime = TimeSpan.FromSeconds(root.GetProperty("expiration_in_seconds").GetInt32());
        Options = new SigV4SignerOptions
        {
            NormalizePath = root.GetProperty("normalize").GetBoolean(),
            SendPayloadHash = root.GetProperty("sign_body").GetBoolean(),
            LeaveSessionTokenUnsigned = root.TryGetProperty("omit_session_token", out var omit) && omit.GetBoolean(),
        };
        Request = WireRequest.Parse(Read("request.txt"));
    }

    public SigningCredentials Credentials { get; }

    public string Region { get; }

    public string Service { get; }

    public DateTimeOffset At { get; }

    public TimeSpan Lifetime { get; }

    public SigV4SignerOptions Options { get; }

    public WireRequest Request { get; }

    public static SignatureVector Load(string name) => new(name);

    public string Read(string file) => File.ReadAllText(Path.Combine(_folder, file)).TrimEnd('\n');

    public static TheoryData<string> Names =>
    [
        "get-header-key-duplicate", "get-header-value-multiline", "get-header-value-order", "get-header-value-trim",
        "get-relative-normalized", "get-relative-relative-normalized", "get-relative-relative-unnormalized", "get-relative-unnormalized",
        "get-slash-dot-slash-normalized", "get-slash-dot-slash-unnormalized", "get-slash-normalized",
        "get-slash-pointless-dot-normalized", "get-slash-pointless-dot-unnormalized", "get-slash-unnormalized",
        "get-slashes-normalized", "get-slashes-unnormalized", "get-space-normalized", "get-space-unnormalized",
        "get-unreserved", "get-utf8", "get-vanilla", "get-vanilla-empty-query-key", "get-vanilla-query",
        "get-vanilla-query-order-encoded", "get-vanilla-query-order-key-case", "get-vanilla-query-unreserved",
        "get-vanilla-utf8-query", "get-vanilla-with-session-token", "post-header-key-case", "post-header-key-sort",
        "post-header-value-case", "post-sts-header-after", "post-sts-header-before", "post-vanilla",
        "post-vanilla-empty-query-value", "post-vanilla-query", "post-x-www-form-urlencoded",
        "post-x-www-form-urlencoded-parameters",
    ];
}

/// <summary>A request in the text form of HTTP/1.1.</summary>
internal sealed record WireRequest(string Method, string Path, string Query, KeyValuePair<string, string>[] Headers, byte[] Body)
{
    public SigV4Request ToSign() => new() { Method = Method, RawPath = Path, RawQuery = Query, Headers = Headers, Body = Body };

    public string? Header(string name) =>
        Headers.FirstOrDefault(h => string.Equals(h.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    public static WireRequest Parse(string text)
    {
        var split = text.Split("\n\n", 2);
        var lines = split[0].Split('\n');
        var target = lines[0][(lines[0].IndexOf(' ') + 1)..lines[0].LastIndexOf(' ')];
        var question = target.IndexOf('?');
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var line in lines[1..])
        {
            // A line that begins with white space goes on with the value above.
            if (line[0] == ' ')
                headers[^1] = new(headers[^1].Key, headers[^1].Value + "\n" + line);
            else
                headers.Add(new(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..]));
        }
        return new WireRequest(
            lines[0][..lines[0].IndexOf(' ')],
            question < 0 ? target : target[..question],
            question < 0 ? "" : target[(question + 1)..],
            [.. headers],
            Encoding.UTF8.GetBytes(split.Length > 1 ? split[1] : ""));
    }

    /// <summary>The text form again, with these headers at the end.</summary>
    public string Write(string? query = null, params (string Name, string? Value)[] added)
    {
        query ??= Query;
        var text = new StringBuilder($"{Method} {Path}{(query.Length > 0 ? "?" : "")}{query} HTTP/1.1\n");
        foreach (var (name, value) in Headers.Select(h => (h.Key, (string?)h.Value)).Concat(added))
        {
            if (value is not null)
                text.Append(name).Append(':').Append(value).Append('\n');
        }
        return text.Append('\n').Append(Encoding.UTF8.GetString(Body)).ToString().TrimEnd('\n');
    }
}
