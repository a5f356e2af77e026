using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Core.Invocations;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>Sends a reply that is one JSON object.</summary>
internal static class PlainReplies
{
    private static readonly TimeSpan LastFramesDelay = TimeSpan.FromMilliseconds(50);

    /// <param name="world">For the time that a stall takes.</param>
    /// <param name="call">What is answered.</param>
    /// <param name="write">Writes the object.</param>
    /// <param name="reply">The model's reply, for its headers; null where no model was called.</param>
    /// <param name="gone">The client went away.</param>
    /// <exception cref="CutException">A fault ends the reply in its middle.</exception>
    public static async Task SendAsync(Simulation world, Call call, Action<Utf8JsonWriter> write, Reply? reply, CancellationToken gone)
    {
        var json = ReplyJson.Rent();
        try
        {
            write(json.Writer);
            var body = json.Written;
            var response = call.Http.Response;
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = "application/json";
            if (call.Form.Coding is { } coding)
            {
                body = ContentCoding.Encode(coding, body.Span);
                response.Headers.ContentEncoding = coding;
            }
            response.ContentLength = body.Length;
            if (call.Fault.Kind is FaultKind.Cut or FaultKind.Stall)
            {
                // The headers say nothing of tokens: a model that failed has counted none.
                await response.BodyWriter.WriteAsync(body[..(body.Length / 2)], gone);
                await CutAsync(world, call, gone);
            }
            if (reply is not null)
                WriteHeaders(call, reply, response.Headers);
            // The server flushes when the call is over: whoever has the reply then finds it in the log and on the bill.
            response.BodyWriter.Write(body.Span);
            call.Outcome = gone.IsCancellationRequested ? SimulatedOutcome.ClientGone : SimulatedOutcome.Completed;
        }
        finally
        {
            json.Return();
        }
    }

    /// <summary>Ends the reply, at once or after a stall.</summary>
    public static async Task CutAsync(Simulation world, Call call, CancellationToken gone)
    {
        if (call.Fault.Kind == FaultKind.Stall)
        {
            call.Fail(SimulatedOutcome.Stalled);
            try
            {
                await Task.Delay(world.Options.StallFor, world.Time, gone);
            }
            catch (OperationCanceledException)
            {
                // Whoever waits for a stalled reply goes away sooner or later: it failed all the same.
            }
        }
        else
        {
            call.Fail(SimulatedOutcome.Cut);
        }
        await EndAsync(call);
    }

    /// <summary>Ends the connection or the HTTP/2 stream behind what was sent.</summary>
    public static async Task EndAsync(Call call)
    {
        // HTTP/1.1 sends what was written and then closes. A reset of an HTTP/2 stream overtakes what still waits in the
        // server, and nothing tells when that is out; so real time is given to it, whatever clock the simulator has.
        if (HttpProtocol.IsHttp2(call.Http.Request.Protocol))
            await Task.Delay(LastFramesDelay, TimeProvider.System);
        throw new CutException();
    }

    /// <summary>The tier and latency that were used, and on InvokeModel the counts that its own model doesn't know of.</summary>
    public static void WriteHeaders(Call call, Reply reply, IHeaderDictionary headers)
    {
        if (reply.Tier is not null)
            headers["x-amzn-bedrock-service-tier"] = reply.Tier;
        if (reply.Latency is not null && reply.ReportsMetrics)
            headers["X-Amzn-Bedrock-PerformanceConfig-Latency"] = reply.Latency;
        if (call.Operation != Operation.InvokeModel)
            return;
        headers["X-Amzn-Bedrock-Invocation-Latency"] = reply.LatencyMs.ToString();
        if (!reply.Model.TokenHeaders)
            return;
        var usage = reply.Usage;
        headers["X-Amzn-Bedrock-Input-Token-Count"] = usage.Input.ToString();
        headers["X-Amzn-Bedrock-Output-Token-Count"] = usage.Output.ToString();
        if (Caching.CacheRule.For(reply.Model.Id, reply.Time) is null)
            return;
        headers["X-Amzn-Bedrock-Cache-Read-Input-Token-Count"] = usage.CacheRead.ToString();
        headers["X-Amzn-Bedrock-Cache-Write-Input-Token-Count"] = (usage.CacheWrite5m + usage.CacheWrite1h).ToString();
    }
}
