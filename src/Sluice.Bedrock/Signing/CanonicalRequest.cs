using System.Text;

namespace Sluice.Bedrock.Signing;

/// <summary>
/// The text that a signature stands for: method, path, query, headers, names of the signed headers, hash of the body
/// (Signature Version 4, "Create a canonical request").
/// </summary>
internal static class CanonicalRequest
{
    /// <param name="output">Where the text goes.</param>
    /// <param name="request">Its query without the parameter that holds the signature; its headers with every signed one.</param>
    /// <param name="signedHeaders">Small names, with semicolons between.</param>
    /// <param name="payloadHash">In hexadecimal, or a word such as <c>UNSIGNED-PAYLOAD</c>.</param>
    /// <param name="normalizePath">Whether <c>.</c>, <c>..</c> and empty segments are resolved, as for every service but S3.</param>
    public static void Write(
        ref Utf8Builder output, in SigV4Request request, ReadOnlySpan<byte> signedHeaders, ReadOnlySpan<byte> payloadHash, bool normalizePath)
    {
        output.Append(request.Method);
        output.Append((byte)'\n');
        WritePath(ref output, request.RawPath, normalizePath);
        output.Append((byte)'\n');
        WriteQuery(ref output, request.RawQuery);
        output.Append((byte)'\n');
        foreach (var name in signedHeaders.Split((byte)';'))
            WriteHeader(ref output, signedHeaders[name], request.Headers);
        output.Append((byte)'\n');
        output.Append(signedHeaders);
        output.Append((byte)'\n');
        output.Append(payloadHash);
    }

    private static void WritePath(ref Utf8Builder output, ReadOnlySpan<char> path, bool normalize)
    {
        if (path.IsEmpty)
            path = "/";
        output.AppendEncoded(normalize && NeedsNormalizing(path) ? Normalize(path) : path, keepSlash: true);
    }

    private static bool NeedsNormalizing(ReadOnlySpan<char> path) =>
        path.Contains("//", StringComparison.Ordinal) || path.Contains("/.", StringComparison.Ordinal);

    private static string Normalize(ReadOnlySpan<char> path)
    {
        var segments = new List<string>();
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.IsEmpty || segment is ".")
                continue;
            if (segment is not "..")
                segments.Add(segment.ToString());
            else if (segments.Count > 0)
                segments.RemoveAt(segments.Count - 1);
        }
        var end = segments.Count > 0 && path[^1] == '/' ? "/" : "";
        return $"/{string.Join('/', segments)}{end}";
    }

    private static void WriteQuery(ref Utf8Builder output, ReadOnlySpan<char> query)
    {
        if (query.IsEmpty)
            return;
        var parameters = new List<(string Name, string Value)>();
        foreach (var range in query.Split('&'))
        {
            var parameter = query[range];
            if (parameter.IsEmpty)
                continue;
            var equals = parameter.IndexOf('=');
            parameters.Add(equals < 0
                ? (Encode(parameter), "")
                : (Encode(parameter[..equals]), Encode(parameter[(equals + 1)..])));
        }
        // By name, then by value, each as encoded: comparing whole parameters would put '-' before '='.
        parameters.Sort(static (a, b) =>
            string.CompareOrdinal(a.Name, b.Name) is var byName and not 0 ? byName : string.CompareOrdinal(a.Value, b.Value));
        for (var i = 0; i < parameters.Count; i++)
        {
            if (i > 0)
                output.Append((byte)'&');
            output.Append(parameters[i].Name);
            output.Append((byte)'=');
            output.Append(parameters[i].Value);
        }
    }

    private static string Encode(ReadOnlySpan<char> raw)
    {
        var builder = new Utf8Builder(stackalloc byte[256]);
        builder.AppendReencoded(raw);
        var encoded = Encoding.ASCII.GetString(builder.Written);
        builder.Dispose();
        return encoded;
    }

    /// <summary>HTTP/2 has the host as <c>:authority</c>, and the AWS SDK for JavaScript signs it by that name.</summary>
    private static void WriteHeader(ref Utf8Builder output, ReadOnlySpan<byte> name, ReadOnlySpan<KeyValuePair<string, string>> headers)
    {
        output.Append(name);
        var field = name.SequenceEqual(":authority"u8) ? "host"u8 : name;
        var separator = (byte)':';
        foreach (var (candidate, value) in headers)
        {
            if (!Ascii.EqualsIgnoreCase(field, candidate))
                continue;
            output.Append(separator);
            WriteHeaderValue(ref output, value);
            separator = (byte)',';
        }
        if (separator == ':')
            output.Append(separator);
        output.Append((byte)'\n');
    }

    /// <summary>Trims, and makes every run of white space one space.</summary>
    private static void WriteHeaderValue(ref Utf8Builder output, ReadOnlySpan<char> value)
    {
        value = value.Trim(WhiteSpace);
        while (true)
        {
            var space = value.IndexOfAny(WhiteSpace);
            if (space < 0)
                break;
            output.Append(value[..space]);
            output.Append((byte)' ');
            value = value[space..].TrimStart(WhiteSpace);
        }
        output.Append(value);
    }

    private const string WhiteSpace = " \t\r\n";
}
