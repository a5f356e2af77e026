using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Gateway.Levers;

/// <summary>What a model said on the side of a call.</summary>
/// <param name="Request">What it was asked.</param>
/// <param name="Reply">Its status and headers; its frames are in <paramref name="Body"/>.</param>
internal sealed record SideReply(InvocationRequest Request, Reply Reply, ReadOnlyMemory<byte> Body);

/// <summary>
/// Asks another model, such as a judge or an embedder, through the rest of the pipeline: as an attempt of the same invocation,
/// which no lever touches and AWS bills. The invocation is as it was afterwards.
/// </summary>
internal static class SideCall
{
    /// <param name="invocation">The call that needs to know.</param>
    /// <param name="model">Whom to ask.</param>
    /// <param name="operation">Converse or InvokeModel.</param>
    /// <param name="body">What to ask.</param>
    /// <param name="next">The rest of the pipeline.</param>
    /// <param name="cancellationToken">The call's.</param>
    /// <returns>The reply, null where there is none or it does not say what it used; and what it cost, zero where that is not known.</returns>
    public static async ValueTask<(SideReply? Reply, Money Cost)> AskAsync(
        Invocation invocation, ModelIdentifier model, Operation operation, ReadOnlyMemory<byte> body, Next next, CancellationToken cancellationToken)
    {
        var (request, plan, purpose, own) = (invocation.Request, invocation.Levers, invocation.Purpose, invocation.Attempts.CurrentIndex);
        var headers = new HeaderList { { "Content-Type", "application/json" }, { "Accept", "application/json" } };
        if (request.Headers["Authorization"] is { } authorization)
            headers.Add("Authorization", authorization);
        invocation.Levers = LeverPlan.None;
        if (purpose == AttemptPurpose.Answer)
            invocation.Purpose = AttemptPurpose.Aside;
        invocation.Request = new InvocationRequest
        {
            Method = "POST",
            Target = RequestTarget.Of($"/model/{Uri.EscapeDataString(model.Raw)}/{(operation == Operation.Converse ? "converse" : "invoke")}"),
            Operation = operation,
            Model = model,
            Headers = headers,
            Body = body,
            Facts = RequestReader.Read(operation, model.Raw, headers.First, body.Span),
        };
        try
        {
            await using var reply = await next(invocation, cancellationToken);
            await using var read = new ReplyBuffer(expectedBytes: 0);
            var reading = await read.FillAsync(invocation, reply);
            if (!reply.IsSuccess || reading is null)
                return (null, Money.Zero);
            var cost = await invocation.Recording!.SettleAttemptAsync(reading) ?? Money.Zero;
            return (new SideReply(invocation.Request, reply, read.Written.ToArray()), cost);
        }
        catch (RefusedException)
        {
            // No budget or limit has room for it: whoever asked goes on without an answer, as after any other failure of it.
            return (null, Money.Zero);
        }
        finally
        {
            (invocation.Request, invocation.Levers, invocation.Purpose) = (request, plan, purpose);
            invocation.Attempts.ReturnTo(own);
            invocation.Lifetime.Renew();
        }
    }
}
