using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;
using Sluice.Simulator.Answering;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Prompts;

namespace Sluice.Simulator.Serving;

/// <summary>The simulator's door: takes each request, has it answered, and writes it down however it ended.</summary>
internal sealed class Front(Simulation world, CancellationToken stopping)
{
    private const string ControlPrefix = "/_simulator/";

    public async Task HandleAsync(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith(ControlPrefix, StringComparison.Ordinal))
        {
            await ControlPaths.HandleAsync(world, http, target[ControlPrefix.Length..]);
            return;
        }

        var match = OperationTable.Match(http.Request.Method, target);
        var region = match.ModelIdentifier is { } model ? ModelIdentifier.Parse(model).Region : null;
        var call = new Call(http, match, world.NextDice(), world.Time.GetUtcNow(), world.Authentication.Claimed(http.Request, region))
        {
            IsMantle = target.StartsWith("/v1/", StringComparison.Ordinal),
            ModelIdentifier = match.ModelIdentifier,
        };
        http.Response.Headers["x-amzn-requestid"] = call.RequestId;
        using var body = new RequestBody();
        using var entered = world.InFlight.Enter();
        try
        {
            await ServeAsync(call, target, body, http.RequestAborted);
        }
        catch (CutException)
        {
            throw;
        }
        catch (Refusal refusal)
        {
            call.Fail(refusal.Status == StatusCodes.Status429TooManyRequests ? SimulatedOutcome.Throttled : SimulatedOutcome.Error, refusal.Name);
            ErrorReplies.Write(http.Response, call.ErrorsAs, refusal, call.RequestId);
        }
        catch (Exception e) when (e is OperationCanceledException or BadHttpRequestException or ConnectionResetException or IOException)
        {
            EndWithoutClient(call);
        }
        catch (Exception)
        {
            // A fault of the simulator's own may not pass for an answer that is billed.
            call.Fail(SimulatedOutcome.Error, "InternalServerException");
            if (http.Response.HasStarted)
                throw;
            ErrorReplies.Write(http.Response, call.ErrorsAs, Refusal.OnRequest("InternalServerException"), call.RequestId);
        }
        finally
        {
            Record(call);
        }
    }

    private async Task ServeAsync(Call call, string target, RequestBody body, CancellationToken gone)
    {
        call.Outcome = SimulatedOutcome.IncompleteRequest;
        if (HttpMethods.IsPost(call.Http.Request.Method))
            await body.ReadAsync(call.Http.Request, gone);
        call.Outcome = SimulatedOutcome.ClientGone;
        call.Caller = world.Authentication.Verify(call.Http.Request, target, body.Bytes.Span, call.Caller);
        if (HasPlainSlash(target))
            throw new Refusal("UnknownOperationException", "The path names no operation. Escape the slash in the model's ARN as %2F.");
        call.Fault = FaultOf(call);
        call.Form = ReplyForm.Read(call.Http.Request.Headers);
        if (call.Fault.Kind == FaultKind.Error)
            throw Refusal.OnRequest(call.Fault.Exception);
        try
        {
            await AnswerAsync(call, target, body, gone);
        }
        catch (InvalidOperationException e) when (IsUnreadableText(e))
        {
            throw RequestBody.Malformed();
        }
    }

    private Task AnswerAsync(Call call, string target, RequestBody body, CancellationToken gone)
    {
        if (OpenAiPaths.Matches(call, target))
            return PlainReplies.SendAsync(world, call, json => OpenAiPaths.Answer(world, call, target, json), null, gone);
        switch (call.Operation)
        {
            case Operation.Converse or Operation.ConverseStream or Operation.InvokeModel or Operation.InvokeModelWithResponseStream
                or Operation.ChatCompletions or Operation.Responses or Operation.Embeddings or Operation.Messages:
                return Inference.AnswerAsync(world, call, body, gone);
            case Operation.CountTokens:
                return PlainReplies.SendAsync(world, call, json => TokenCounting.Count(call, body.Json(), world.Catalogue, json), null, gone);
            case Operation.MessagesCountTokens:
                return PlainReplies.SendAsync(world, call, json => TokenCounting.CountMessages(call, body.Json(), world.Catalogue, json), null, gone);
            case Operation.ApplyGuardrail:
                return PlainReplies.SendAsync(world, call, json => GuardrailCalls.Apply(call, body.Json(), world.Options, json), null, gone);
            case Operation.InvokeGuardrailChecks:
                return PlainReplies.SendAsync(world, call, json => GuardrailCalls.Check(call, body.Json(), json), null, gone);
            case Operation.StartAsyncInvoke:
                return PlainReplies.SendAsync(world, call, json => world.AsyncJobs.Start(call, body.Json(), world.Catalogue, json), null, gone);
            case Operation.GetAsyncInvoke:
                return PlainReplies.SendAsync(world, call, json => world.AsyncJobs.Get(call.Match.InvocationArn!, json), null, gone);
            case Operation.ListAsyncInvokes:
                var query = call.Http.Request.Query;
                return PlainReplies.SendAsync(world, call, json => world.AsyncJobs.List(query["statusEquals"], query["maxResults"], json), null, gone);
            case Operation.InvokeModelWithBidirectionalStream:
                throw Refusal.Validation("The simulator doesn't speak InvokeModelWithBidirectionalStream. Use InvokeModelWithResponseStream or ConverseStream instead.");
            case Operation.Unknown when ProfileLookup.Asked(call.Http.Request.Method, target) is { } profile:
                call.OperationName = "GetInferenceProfile";
                return PlainReplies.SendAsync(world, call, json => ProfileLookup.Write(profile, call.Caller, world.Catalogue, json), null, gone);
            default:
                throw OpenAiPaths.Unknown(call, target);
        }
    }

    /// <summary>A model's ARN is one part of the path. With a slash as it is it becomes several, and AWS knows no such path.</summary>
    private static bool HasPlainSlash(string target) =>
        target.StartsWith("/model/", StringComparison.Ordinal) && target.AsSpan(0, target.AsSpan().IndexOf('?') is var query and >= 0 ? query : target.Length).Count('/') > 3;

    private Fault FaultOf(Call call)
    {
        if (call.Http.Request.Headers.TryGetValue(Fault.Header, out var asked) && asked.ToString() is { Length: > 0 } text)
            return Fault.Parse(text);
        return world.Options.Faults.Any ? Fault.Draw(world.Options.Faults, call.Dice) : default;
    }

    /// <summary>
    /// What a client that left isn't told is billed all the same, once the model was at work. Where the simulator itself is
    /// being stopped, it is the simulator that left.
    /// </summary>
    private void EndWithoutClient(Call call)
    {
        if (stopping.IsCancellationRequested)
            call.Fail(SimulatedOutcome.Cut);
        else if (call.Outcome is not (SimulatedOutcome.IncompleteRequest or SimulatedOutcome.Stalled or SimulatedOutcome.Corrupted or SimulatedOutcome.StreamError))
            call.Outcome = SimulatedOutcome.ClientGone;
        // Whoever still listens, with half a request sent, may not take silence for an empty answer.
        call.Http.Abort();
    }

    private void Record(Call call)
    {
        if (call.Billed)
            world.Bill.Add(call);
        world.Log.Write(call);
    }

    /// <summary>A string of the request's JSON holds half a surrogate pair, which no text can be.</summary>
    private static bool IsUnreadableText(InvalidOperationException e) => e.Source?.StartsWith("System.Text.Json", StringComparison.Ordinal) == true;
}
