using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Gateway.Errors;

namespace Sluice.Gateway;

/// <summary>Where HTTP ends and the pipeline begins: makes an invocation of a request, and writes its reply back.</summary>
public sealed partial class GatewayEndpoint(GatewaySnapshots snapshots, TimeProvider time, ILogger<GatewayEndpoint> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        // One configuration serves the request to its end, whatever is reloaded meanwhile.
        var gateway = snapshots.Current;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var match = OperationTable.Match(context.Request.Method, PathOf(target));

        using var body = new RequestBody();
        try
        {
            await body.ReadAsync(context.Request, gateway.MaxRequestBodyBytes, context.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            var refusal = e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Refusal.TooLarge($"The request body is larger than {gateway.MaxRequestBodyBytes} bytes; send less, or raise limits.max_request_body in the configuration.")
                : Refusal.Validation($"The request body could not be read: {e.Message}");
            await WriteAsync(context, refusal.ToReply(match.Operation));
            return;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The caller left before the request was complete: nothing was sent, nothing is billed, nobody listens.
            return;
        }

        var headers = HeadersOf(context.Request);
        var inflated = RequestBody.Inflate(headers["Content-Encoding"], body.Bytes.Span, gateway.MaxRequestBodyBytes);
        var facts = RequestReader.Read(match.Operation, match.ModelIdentifier, headers.FirstText, (inflated ?? body.Bytes).Span);
        var model = facts.Model is null ? null : ModelIdentifier.Parse(facts.Model);
        var upstream = gateway.UpstreamFor(model);
        using var lifetime = new InvocationLifetime(upstream.Options.IdleLimit, upstream.Options.DrainLimit, time, context.RequestAborted);
        var now = time.GetUtcNow();
        using var invocation = new Invocation
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            StartedAt = now,
            StartTimestamp = time.GetTimestamp(),
            Request = new InvocationRequest
            {
                Method = context.Request.Method,
                Target = target,
                Operation = match.Operation,
                Model = model,
                Headers = headers,
                Body = body.Bytes,
                Facts = facts,
                Inflated = inflated,
            },
            Upstream = upstream,
            Budgets = gateway.Budgets,
            IsLocal = IsLocal(context.Connection),
            CallerGone = context.RequestAborted,
            Lifetime = lifetime,
        };
        // For the log, whose line comes when all has ended.
        context.Features.Set(invocation);

        try
        {
            await using var reply = await gateway.Pipeline.InvokeAsync(invocation, lifetime.Token);
            await WriteAsync(context, reply);
        }
        catch (Upstreams.UpstreamException e)
        {
            // The reply had begun. Cutting the connection is the only honest end: the caller must not take it for complete.
            Log.CutInMidReply(logger, invocation.Id, e.Message);
            context.Abort();
        }
        catch (Exception e)
        {
            Log.Failed(logger, e, invocation.Id);
            if (context.Response.HasStarted)
                context.Abort();
            else
                await WriteAsync(context, Refusal.Internal($"Sluice failed on invocation {invocation.Id}; its log says why.").ToReply(match.Operation));
        }
    }

    private static async Task WriteAsync(HttpContext context, Reply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            response.Headers[name] = StringValues.Concat(response.Headers[name], HeaderBytes.Sendable(value));
        var isStream = reply.Framing != Bedrock.Replies.ReplyFraming.Json;
        var hasBody = reply.Status is not (204 or 205 or 304) && !HttpMethods.IsHead(context.Request.Method);
        await foreach (var frame in reply.Frames)
        {
            // Leaving the loop disposes the frames, and their owner reads the rest for its usage. A plain reply is offered all the
            // same: the server may still deliver it to a caller who only closed its sending side.
            if (isStream && context.RequestAborted.IsCancellationRequested)
                return;
            if (!hasBody)
                continue;
            response.BodyWriter.Write(frame.Span);
            if (isStream || frame.Length > MaxUnflushedBytes)
                await response.BodyWriter.FlushAsync(CancellationToken.None);
        }
    }

    /// <summary>Frames of a plain body beyond this are flushed, so that a slow caller holds back the upstream instead of filling memory.</summary>
    private const int MaxUnflushedBytes = 16 * 1024;

    private static HeaderList HeadersOf(HttpRequest request)
    {
        var headers = new HeaderList(request.Headers.Count + 4);
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
                headers.Add(name, value ?? "");
        }
        return headers;
    }

    private static ReadOnlySpan<char> PathOf(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target.AsSpan(0, query);
    }

    private static bool IsLocal(ConnectionInfo connection) =>
        connection.RemoteIpAddress is null || (System.Net.IPAddress.IsLoopback(connection.RemoteIpAddress)
            && connection.LocalIpAddress is { } local && System.Net.IPAddress.IsLoopback(local));

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Warning, "Invocation {InvocationId} was cut off in its reply: {Cause}")]
        public static partial void CutInMidReply(ILogger logger, string invocationId, string cause);

        [LoggerMessage(11, LogLevel.Error, "Invocation {InvocationId} failed inside Sluice")]
        public static partial void Failed(ILogger logger, Exception exception, string invocationId);
    }
}
