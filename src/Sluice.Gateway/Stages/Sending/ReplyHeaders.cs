using System.Globalization;
using System.Net.Http.Headers;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Sending;

/// <summary>Which header fields of an upstream's reply go on to the caller.</summary>
internal static class ReplyHeaders
{
    private const string ContentLength = "Content-Length";

    public static HeaderList Of(HttpResponseMessage response)
    {
        var all = new HeaderList();
        Copy(response.Headers.NonValidated, all);
        Copy(response.Content.Headers.NonValidated, all);
        var ending = HeaderPolicy.NamedByConnection(all);
        var headers = new HeaderList(all.Count + 4);
        foreach (var (name, value) in all)
        {
            if (!HeaderPolicy.IsOfTheConnection(name) && !name.Equals(ContentLength, StringComparison.OrdinalIgnoreCase)
                && ending?.Contains(name) != true)
                headers.Add(name, HeaderBytes.Sendable(value));
        }
        if (LengthOf(response) is { } length)
            headers.Add(ContentLength, length.ToString(CultureInfo.InvariantCulture));
        return headers;
    }

    /// <summary>The length that frames the body; null where something else does, or where there is none to frame.</summary>
    public static long? LengthOf(HttpResponseMessage response) =>
        response.Headers.TransferEncodingChunked == true || (int)response.StatusCode is 204 or 205 or 304 ? null : response.Content.Headers.ContentLength;

    /// <summary>Whether a reply names several lengths for one body: whichever is right, its end can't be told (RFC 9112, section 6.3).</summary>
    public static bool HasTwoLengths(HttpResponseMessage response) =>
        response.Headers.TransferEncodingChunked != true
        && response.Content.Headers.NonValidated.TryGetValues(ContentLength, out var lengths) && lengths.Distinct(StringComparer.Ordinal).Skip(1).Any();

    private static void Copy(HttpHeadersNonValidated from, HeaderList to)
    {
        foreach (var (name, values) in from)
        {
            if (values.Count == 0)
                to.Add(name, "");
            foreach (var value in values)
                to.Add(name, value);
        }
    }
}
