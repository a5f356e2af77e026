using Microsoft.AspNetCore.Http;

namespace Sluice.Gateway.Edge;

/// <summary>Framing that servers on the way could read in two ways. The server beneath lets it pass.</summary>
internal static class RequestFraming
{
    /// <summary>What is wrong, or null.</summary>
    public static string? Mistake(HttpRequest request)
    {
        var codings = request.Headers.TransferEncoding;
        if (codings.Count == 0)
            return null;
        if (!HttpProtocol.IsHttp11(request.Protocol))
            return "Transfer-Encoding belongs to HTTP/1.1 alone; send the body with a Content-Length.";
        return codings is [{ } one] && one.Equals("chunked", StringComparison.OrdinalIgnoreCase)
            ? null
            : "Transfer-Encoding must be 'chunked', once and alone.";
    }
}
