using System.Buffers;
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
        using var outbound = new OutboundRequest(
            request.Method, upstream.Address(OutboundHeaders.Target(invocation)), OutboundHeaders.From(invocation), request.Body);
        await upstream.AuthorizeAsync(outbound, cancellationToken);

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
            response = await upstream.SendAsync(outbound, cancellationToken);
        }
        catch (Exception e) when (outbound.HasNotLeft || SendFailure.IsOfTheNetwork(e))
        {
            var failure = SendFailure.Of(upstream, e, outbound.HasNotLeft);
            if (failure.Exception is UpstreamException { Kind: UpstreamFailureKind.Unreachable })
                upstream.Reachability.Failed();
            invocation.Attempts.Update(attempt with
            {
                Outcome = Outcome.UpstreamError,
                Error = failure.Error,
                Usage = failure.NothingLeft ? Usage.None : null,
                Cost = failure.NothingLeft ? Money(0) : null,
                DurationMs = time.GetElapsedTime(sentAt).TotalMilliseconds,
            });
            throw failure.Exception;
        }
        upstream.Reachability.Connected();
        invocation.Lifetime.Renew();

        // Step 4: note what the headers say. An error status is the whole story of the attempt: AWS does not bill it.
        var headers = ReplyHeaders.Of(response);
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
        if (WhyInvalid(response) is { } why)
        {
            var failure = new UpstreamException(UpstreamFailureKind.InvalidReply, $"The upstream '{upstream.Name}' answered with {why}; check that it speaks HTTP.");
            invocation.Attempts.Update(attempt with { Outcome = Outcome.UpstreamError, Error = failure.Error });
            response.Dispose();
            throw failure;
        }
        invocation.Attempts.Update(attempt);
        // A reply without a body may still tell the length of the one that it stands for.
        var length = request.Method == "HEAD" ? null : ReplyHeaders.LengthOf(response);
        return new Reply((int)response.StatusCode, headers, ReadFramesAsync(response, length, upstream, invocation.Lifetime), new Disposing(response));
    }

    private static string? WhyInvalid(HttpResponseMessage response) =>
        (int)response.StatusCode is < 200 or > 599 ? $"status {(int)response.StatusCode}, which no reply may have"
        : ReplyHeaders.HasTwoLengths(response) ? "two different lengths for one body"
        : null;

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

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadFramesAsync(HttpResponseMessage response, long? length, Upstream upstream, InvocationLifetime lifetime)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
        long received = 0;
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
                    throw SendFailure.InReply(upstream, e);
                }
                received += read;
                // HTTP/1.1 can't get this wrong, HTTP/2 can; the caller would get a reply that contradicts its own header.
                if (length is not null && (read == 0 ? received < length : received > length))
                    throw SendFailure.InReply(upstream, new HttpIOException(HttpRequestError.InvalidResponse, $"{received} bytes came and Content-Length is {length}"));
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
