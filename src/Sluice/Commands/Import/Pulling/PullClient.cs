using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Sluice.Hosting;

namespace Sluice.Commands.Import.Pulling;

/// <summary>Asks an API for JSON: signed, and again where it says to come back later.</summary>
/// <param name="http">Owned by the caller.</param>
/// <param name="wait">Waits between attempts.</param>
internal sealed class PullClient(HttpClient http, IPullAccess access, TimeProvider time, Func<TimeSpan, CancellationToken, Task> wait)
{
    private const int MaxAttempts = 8;
    private const int MaxMessageChars = 300;

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    /// <summary>What AWS calls too many requests, with a status of 400.</summary>
    private static readonly string[] AwsThrottles = ["ThrottlingException", "LimitExceededException", "TooManyRequestsException", "RequestLimitExceeded"];

    /// <exception cref="CouldNotRunException">It refuses, or stays out of reach; the message says what to do.</exception>
    public async Task<JsonDocument> AskAsync(PullRequest pull, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            string trouble;
            TimeSpan? told = null;
            try
            {
                using var request = await BuildAsync(pull);
                using var answer = await http.SendAsync(request, cancellationToken);
                var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
                if (answer.IsSuccessStatusCode)
                    return Parse(body, pull);
                var (code, message) = Fault(body);
                trouble = $"{(int)answer.StatusCode} {code} {message}".Trim();
                if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || code.Contains("AccessDenied", StringComparison.Ordinal) || code.Contains("UnrecognizedClient", StringComparison.Ordinal))
                    throw new CouldNotRunException($"{pull.Address.Host} refuses: {trouble}; {access.Needs}.");
                if (answer.StatusCode != HttpStatusCode.TooManyRequests && (int)answer.StatusCode < 500 && !Array.Exists(AwsThrottles, t => code.Contains(t, StringComparison.Ordinal)))
                    throw new CouldNotRunException($"{pull.Address.Host} does not answer the question: {trouble}.");
                told = RetryAfter(answer.Headers.RetryAfter);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException && !cancellationToken.IsCancellationRequested)
            {
                trouble = e.Message;
            }
            if (attempt == MaxAttempts)
                throw new CouldNotRunException($"{pull.Address.Host} can't be asked after {MaxAttempts} attempts: {trouble}. The pages that came are kept: run the command again to go on.");
            await wait(told ?? TimeSpan.FromSeconds(Math.Min(60, 1 << (attempt - 1))), cancellationToken);
        }
    }

    private async Task<HttpRequestMessage> BuildAsync(PullRequest pull)
    {
        var request = new HttpRequestMessage(pull.Body is null ? HttpMethod.Get : HttpMethod.Post, pull.Address);
        if (pull.Body is not null)
        {
            request.Content = new ByteArrayContent(pull.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(pull.Target is null ? "application/json" : "application/x-amz-json-1.1");
        }
        if (pull.Target is not null)
            request.Headers.Add("X-Amz-Target", pull.Target);
        await access.AuthorizeAsync(request, pull.Body);
        return request;
    }

    private static JsonDocument Parse(byte[] body, PullRequest pull)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw new CouldNotRunException($"{pull.Address.Host} answered what is no JSON; is there a proxy in between? {e.Message}", e);
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var told = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return told is not { } span ? null : span < TimeSpan.Zero ? TimeSpan.Zero : span > MaxWait ? MaxWait : span;
    }

    /// <summary>Of AWS (<c>__type</c>, <c>message</c>) and of OpenAI and Anthropic (<c>error.type</c>, <c>error.message</c>).</summary>
    private static (string Code, string Message) Fault(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return ("", "");
            var owner = root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? error : root;
            var message = Text(owner, "message") + Text(owner, "Message");
            return (Text(owner, "__type") + Text(owner, "type"), message.Length > MaxMessageChars ? message[..MaxMessageChars] + "..." : message);
        }
        catch (JsonException)
        {
            return ("", "");
        }
    }

    private static string Text(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
