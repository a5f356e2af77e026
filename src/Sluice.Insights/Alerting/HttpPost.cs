using System.Net.Http.Headers;

namespace Sluice.Insights.Alerting;

/// <summary>One POST, and what its answer means for a delivery.</summary>
internal static class HttpPost
{
    /// <summary>Follows no redirect, which would take a signature or a token to somebody else.</summary>
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public static HttpRequestMessage Request(Uri address, byte[] body, string contentType) => new(HttpMethod.Post, address)
    {
        Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } },
    };

    /// <param name="request">What to send.</param>
    /// <param name="explain">What the body of a refusal says; null to leave it unread.</param>
    /// <exception cref="DeliveryException">No answer came, or none of 200 to 299. The message names the host alone: paths may be secret.</exception>
    public static async Task SendAsync(HttpRequestMessage request, Func<string, string?>? explain, CancellationToken cancellationToken)
    {
        var host = request.RequestUri!.Authority;
        try
        {
            using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
                return;
            var reason = explain is null ? null : explain(await HeadAsync(response, cancellationToken));
            throw new DeliveryException($"{host} answered {(int)response.StatusCode}{(reason is null ? "" : $" ({reason})")}.", response.Headers.RetryAfter?.Delta);
        }
        catch (HttpRequestException e)
        {
            throw new DeliveryException($"{host} can't be reached: {e.HttpRequestError}.", innerException: e);
        }
    }

    private static async Task<string> HeadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var head = new byte[4_096];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(head, 0, length);
    }
}
