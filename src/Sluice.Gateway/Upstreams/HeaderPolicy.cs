using System.Collections.Frozen;

namespace Sluice.Gateway.Upstreams;

/// <summary>What becomes of a caller's header field on the way to an upstream.</summary>
internal enum HeaderFate
{
    /// <summary>It leaves, and a signature of ours covers it.</summary>
    Signed,

    /// <summary>It leaves unsigned, as everything that Sluice does not know.</summary>
    Unsigned,

    /// <summary>It proves who calls: it leaves only if the upstream is paid by the caller and it isn't Sluice's own.</summary>
    Credential,

    /// <summary>It stays here.</summary>
    Stays,
}

/// <summary>
/// The fate of each header field. What is signed is an allow-list of what AWS reads, so nothing that a caller or a proxy adds
/// can break a signature. What stays belongs to one connection, to the caller's own tracing and proxies, or to Sluice.
/// </summary>
internal static class HeaderPolicy
{
    /// <summary>Fields of one connection rather than of the message (RFC 9110, section 7.6.1). "Connection" itself may name more.</summary>
    private static readonly string[] ConnectionFields =
        ["Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings"];

    /// <summary>The fields that a signature needs beside <c>Authorization</c>; of no use without it.</summary>
    private static readonly string[] SignatureParts = ["X-Amz-Date", "X-Amz-Content-Sha256", "X-Amz-Security-Token"];

    private static readonly FrozenDictionary<string, HeaderFate> Fates = new (HeaderFate Fate, string[] Names)[]
    {
        (HeaderFate.Signed, ["Host", "Content-Type", "Content-Length", "Accept", "amz-sdk-invocation-id", "amz-sdk-request"]),
        (HeaderFate.Credential, ["Authorization", "x-api-key", "api-key", "x-goog-api-key", .. SignatureParts]),
        (HeaderFate.Stays, ["Expect", "Cookie", "Cookie2", .. ConnectionFields]),
        (HeaderFate.Stays, ["traceparent", "tracestate", "baggage", "b3", "uber-trace-id", "x-cloud-trace-context", "sentry-trace"]),
        (HeaderFate.Stays, ["Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Original-Forwarded-For", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP"]),
    }.SelectMany(row => row.Names, (row, name) => KeyValuePair.Create(name, row.Fate)).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly (string Prefix, HeaderFate Fate)[] Families =
    [
        ("x-sluice-", HeaderFate.Stays), ("x-forwarded-", HeaderFate.Stays), ("x-b3-", HeaderFate.Stays), ("x-datadog-", HeaderFate.Stays), ("uberctx-", HeaderFate.Stays),
        ("x-amz-", HeaderFate.Signed), ("x-amzn-bedrock-", HeaderFate.Signed),
    ];

    public static HeaderFate Of(string name)
    {
        if (Fates.TryGetValue(name, out var fate))
            return fate;
        foreach (var (prefix, familyFate) in Families)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return familyFate;
        }
        return HeaderFate.Unsigned;
    }

    public static bool IsPartOfSignature(string name) => SignatureParts.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a field, of a request or a reply, ends with the connection that it came on.</summary>
    public static bool IsOfTheConnection(string name) => ConnectionFields.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The fields that end here because a <c>Connection</c> field of the same message names them. Asked once for a message, of
    /// which most name none.
    /// </summary>
    public static HashSet<string>? NamedByConnection(HeaderList headers)
    {
        HashSet<string>? names = null;
        foreach (var (field, value) in headers)
        {
            if (!field.Equals("Connection", StringComparison.OrdinalIgnoreCase))
                continue;
            names ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            names.UnionWith(value.Split(',', StringSplitOptions.TrimEntries));
        }
        return names;
    }
}
