using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Gateway;

/// <summary>Where HTTP ends and the pipeline begins: makes an invocation of a request, and writes its reply back.</summary>
public sealed partial class GatewayEndpoint(GatewaySnapshots snapshots, TimeProvider time, ILogger<GatewayEndpoint> logger)
{
    /// <summary>AWS's own maximum for a model identifier.</summary>
    private const int MaxModelChars = 2048;

    /// <summary>Bounds what the process takes on at once.</summary>
    public CallsUnderWay Calls { get; init; } = CallsUnderWay.Unbounded;

    /// <summary>How long the body of a request may take to arrive.</summary>
    public TimeSpan BodyLimit { get; init; } = TimeSpan.FromMinutes(2);

    public async Task HandleAsync(HttpContext context)
    {
        // One configuration serves the request to its end, whatever is reloaded meanwhile.
        var gateway = snapshots.Current;
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var admission = Admission.Of(context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, gateway.UnknownOperations);
        if (!admission.IsAdmitted)
            await RefuseAsync(context, admission.Refusal, admission, id);
        else if (RequestFraming.Mistake(context.Request) is { } mistake)
            await RefuseAsync(context, Refusal.Validation(mistake), admission, id);
        else if (Calls.Stopping.IsCancellationRequested)
            await RefuseAsync(context, Refusal.Unavailable("This gateway is stopping; try again."), admission, id);
        else if (!Calls.TryEnter())
            await RefuseAsync(context, Refusal.Unavailable("This gateway has as many calls under way as it may have; try again, or raise limits.connections in the configuration."), admission, id);
        else
        {
            try
            {
                await AdmitAsync(context, gateway, admission, admission.Target, id);
            }
            finally
            {
                Calls.Leave(context.RequestAborted.IsCancellationRequested);
            }
        }
    }

    private async Task AdmitAsync(HttpContext context, GatewaySnapshot gateway, Admission admission, RequestTarget target, string id)
    {
        var headers = HeadersOf(context.Request);
        var origin = CallerOrigin.Of(context, gateway.Hosts);
        var (refusal, isProved) = gateway.Door?.BeforeBody(target, headers, origin) ?? default;
        if (refusal is not null)
        {
            await RefuseAsync(context, refusal, admission, id);
            return;
        }
        using var body = new RequestBody(Calls, isProved);
        try
        {
            if (await ReadAsync(context, body, gateway.MaxRequestBodyBytes) is { } unreadable)
                await RefuseAsync(context, unreadable, admission, id);
            else
                await ServeAsync(context, gateway, admission, target, headers, origin, body, id);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller left before the request was complete: nothing was sent, nothing is billed, nobody listens.
        }
    }

    /// <summary>Reads the body; what comes back is why it can't be had.</summary>
    private async ValueTask<Refusal?> ReadAsync(HttpContext context, RequestBody body, long maxBytes)
    {
        using var limit = new CancellationTokenSource(BodyLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted, Calls.Stopping);
        try
        {
            await body.ReadAsync(context.Request, maxBytes, either.Token);
            return null;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refusal.TooLarge($"The request body is larger than {maxBytes} bytes; send less, or raise limits.max_request_body in the configuration.");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            return Refusal.SlowRequest("The request body arrives too slowly; send it again over a faster connection.");
        }
        catch (NoRoomForBodyException)
        {
            return Refusal.Unavailable("The bodies of the calls under way take as much memory as they may; try again, or raise limits.request_memory in the configuration.");
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Refusal.Validation($"The request body could not be read: {e.Message}");
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return limit.IsCancellationRequested
                ? Refusal.SlowRequest($"The request body did not arrive within {BodyLimit.TotalSeconds:0} seconds; send it again over a faster connection, or raise limits.body in the configuration.")
                : Refusal.Unavailable("This gateway is stopping and the request was not complete; try again.");
        }
    }

    private async Task ServeAsync(
        HttpContext context, GatewaySnapshot gateway, Admission admission, RequestTarget target, HeaderList headers, CallerOrigin origin, RequestBody body, string id)
    {
        var operation = admission.Match.Operation;
        var inflated = RequestBody.Inflate(headers["Content-Encoding"], body.Bytes.Span, gateway.MaxRequestBodyBytes);
        var facts = RequestReader.Read(operation, admission.Match.ModelIdentifier, headers.FirstText, (inflated ?? body.Bytes).Span);
        if (facts.Model is { } named && (named.Length > MaxModelChars || named.Any(char.IsControl)))
        {
            await RefuseAsync(context, Refusal.Validation($"The model identifier is longer than {MaxModelChars} characters or holds control characters."), admission, id);
            return;
        }
        var model = facts.Model is null ? null : ModelIdentifier.Parse(facts.Model);
        var upstream = gateway.UpstreamFor(model);
        using var lifetime = new InvocationLifetime(upstream.Options.IdleLimit, upstream.Options.DrainLimit, time, context.RequestAborted);
        using var invocation = new Invocation
        {
            Id = id,
            StartedAt = time.GetUtcNow(),
            StartTimestamp = time.GetTimestamp(),
            Request = new InvocationRequest
            {
                Method = context.Request.Method,
                Target = target,
                Operation = operation,
                Model = model,
                Headers = headers,
                Body = body.Bytes,
                Facts = facts,
                Inflated = inflated,
            },
            Upstream = upstream,
            Budgets = gateway.Budgets,
            Origin = origin,
            Received = body,
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
                await WriteAsync(context, Refusal.Internal($"Sluice failed on invocation {invocation.Id}; its log says why.").ToReply(operation));
        }
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal, Admission admission, string id)
    {
        Log.TurnedAway(logger, id, refusal.ErrorType);
        var reply = refusal.ToReply(admission.Protocol);
        reply.Headers.Add(RecordStage.InvocationIdHeader, id);
        return WriteAsync(context, reply);
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

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Warning, "Invocation {InvocationId} was cut off in its reply: {Cause}")]
        public static partial void CutInMidReply(ILogger logger, string invocationId, string cause);

        [LoggerMessage(12, LogLevel.Information, "Invocation {InvocationId} is turned away before it is one: {ErrorType}")]
        public static partial void TurnedAway(ILogger logger, string invocationId, string errorType);

        [LoggerMessage(11, LogLevel.Error, "Invocation {InvocationId} failed inside Sluice")]
        public static partial void Failed(ILogger logger, Exception exception, string invocationId);
    }
}
