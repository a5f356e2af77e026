using System.Buffers;
using System.Net.Http.Headers;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Sending;

/// <summary>The last stage: one attempt at the invocation's upstream. It throws <see cref="UpstreamException"/> where no HTTP reply came.</summary>
public sealed class SendStage(TimeProvider time) : IStage
{
    /// <summary>Large enough that a reply of usual size is one read, small enough for the shared pool's fast buckets.</summary>
    private const int ReadBufferBytes = 32 * 1024;

    public string Name => "send";

    public async ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var upstream = invocation.Upstream;
        var request = invocation.Request;

        // Step 1: what will leave. Authorising may need credentials, so it comes before the attempt is announced.
        var outbound = new OutboundRequest(request.Method, upstream.Address(request.Target), OutboundHeaders.From(invocation), request.Body);
        await upstream.AuthorizeAsync(outbound, cancellationToken);
        using var message = outbound.ToMessage();

        // Step 2: the ledger hears of the attempt before the upstream does.
        var sentAt = time.GetTimestamp();
        var attempt = new AttemptRecord
        {
            Number = invocation.Attempts.Count + 1,
            StartedAt = time.GetUtcNow(),
            Upstream = upstream.Name,
            Model = request.Model?.Raw ?? "",
        };
        invocation.Attempts.Begin(attempt);

        // Step 3: send, up to the headers of the reply.
        HttpResponseMessage response;
        try
        {
            response = await upstream.SendAsync(message, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            var failure = Failure(upstream, e);
            invocation.Attempts.Update(attempt with
            {
                Outcome = Outcome.UpstreamError,
                Error = failure.Error,
                Usage = failure.Kind == UpstreamFailureKind.Unreachable ? Usage.None : null,
                Cost = failure.Kind == UpstreamFailureKind.Unreachable ? Money(0) : null,
                DurationMs = time.GetElapsedTime(sentAt).TotalMilliseconds,
            });
            throw failure;
        }
        invocation.Lifetime.Renew();

        // Step 4: note what the headers say. An error status is the whole story of the attempt: AWS does not bill it.
        var headers = ReplyHeaders(response);
        attempt = attempt with { Status = (int)response.StatusCode, RequestId = headers["x-amzn-requestid"] ?? headers["request-id"] };
        if (!response.IsSuccessStatusCode)
        {
            attempt = attempt with
            {
                Outcome = Outcome.UpstreamError,
                Error = ErrorName(headers[RefusalReply.ErrorTypeHeader]) ?? $"http_{attempt.Status}",
                Usage = Usage.None,
                Cost = Money(0),
                DurationMs = time.GetElapsedTime(sentAt).TotalMilliseconds,
            };
        }
        invocation.Attempts.Update(attempt);
        return new Reply((int)response.StatusCode, headers, ReadFramesAsync(response, upstream, invocation.Lifetime), new Disposing(response));
    }

    /// <summary>The name in <c>ThrottlingException:http://internal.amazon.com/...</c>.</summary>
    internal static string? ErrorName(string? header)
    {
        if (string.IsNullOrEmpty(header))
            return null;
        var name = header.AsSpan();
        if (name.IndexOf(':') is > 0 and var colon)
            name = name[..colon];
        if (name.LastIndexOf('#') is >= 0 and var hash)
            name = name[(hash + 1)..];
        return name.ToString();
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadFramesAsync(HttpResponseMessage response, Upstream upstream, InvocationLifetime lifetime)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(lifetime.Token);
            while (true)
            {
                int read;
                try
                {
                    read = await body.ReadAsync(buffer, lifetime.Token);
                }
                catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
                {
                    throw Failure(upstream, e);
                }
                if (read == 0)
                    yield break;
                lifetime.Renew();
                yield return buffer.AsMemory(0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            response.Dispose();
        }
    }

    private static UpstreamException Failure(Upstream upstream, Exception cause)
    {
        var (kind, what) = cause switch
        {
            // The client has no time limit of its own but that for connecting, before which nothing is sent.
            OperationCanceledException { InnerException: TimeoutException } => (UpstreamFailureKind.Unreachable, "can't be reached within its connect_limit; check its address and this machine's network"),
            OperationCanceledException => (UpstreamFailureKind.TimedOut, "sent nothing within the time limit; raise its idle_limit if answers may take longer"),
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
            } => (UpstreamFailureKind.Unreachable, $"can't be reached ({cause.Message}); check its address and this machine's network"),
            _ => (UpstreamFailureKind.ConnectionLost, $"closed the connection ({cause.Message}); the call may be tried again"),
        };
        return new UpstreamException(kind, $"The upstream '{upstream.Name}' ({upstream.Address("/")}) {what}.", cause);
    }

    private static HeaderList ReplyHeaders(HttpResponseMessage response)
    {
        var headers = new HeaderList();
        Copy(response.Headers.NonValidated, headers);
        Copy(response.Content.Headers.NonValidated, headers);
        return headers;
    }

    private static void Copy(HttpHeadersNonValidated from, HeaderList to)
    {
        foreach (var (name, values) in from)
        {
            if (OutboundHeaders.BelongsToTheConnection(name))
                continue;
            foreach (var value in values)
                to.Add(name, value);
        }
    }

    private static Core.Money Money(decimal usd) => Core.Money.FromUsd(usd);

    private sealed class Disposing(HttpResponseMessage response) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
