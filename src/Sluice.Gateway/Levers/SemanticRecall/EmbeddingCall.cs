using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>Asks an embedding model through the rest of the pipeline, as an attempt of the same invocation that no lever touches.</summary>
internal static class EmbeddingCall
{
    /// <returns>The body of the reply, null where there is none; and what it cost, zero where that is not known.</returns>
    public static async ValueTask<(ReadOnlyMemory<byte>? Reply, Money Cost)> AskAsync(
        Invocation invocation, ModelIdentifier model, ReadOnlyMemory<byte> body, Next next, CancellationToken cancellationToken)
    {
        var (request, plan, own) = (invocation.Request, invocation.Levers, invocation.Attempts.CurrentIndex);
        var headers = new HeaderList { { "Content-Type", "application/json" }, { "Accept", "application/json" } };
        if (request.Headers["Authorization"] is { } authorization)
            headers.Add("Authorization", authorization);
        invocation.Levers = LeverPlan.None;
        invocation.Request = new InvocationRequest
        {
            Method = "POST",
            Target = $"/model/{Uri.EscapeDataString(model.Raw)}/invoke",
            Operation = Operation.InvokeModel,
            Model = model,
            Headers = headers,
            Body = body,
            Facts = RequestReader.Read(Operation.InvokeModel, model.Raw, headers.First, body.Span),
        };
        try
        {
            await using var reply = await next(invocation, cancellationToken);
            await using var read = new ReplyBuffer(expectedBytes: 0);
            using var meter = ReplyMeter.Create(invocation.Request.Operation, invocation.Request.Facts.Dialect, reply.Framing, invocation.Request.Facts);
            await foreach (var frame in reply.Frames)
            {
                read.Append(frame.Span);
                meter?.Append(frame.Span);
            }
            if (!reply.IsSuccess || meter?.Finish(reply.Headers.First) is not { } reading)
                return (null, Money.Zero);
            var cost = await invocation.Recording!.SettleAttemptAsync(reading) ?? Money.Zero;
            return (read.Written.ToArray(), cost);
        }
        finally
        {
            (invocation.Request, invocation.Levers) = (request, plan);
            invocation.Attempts.ReturnTo(own);
            invocation.Lifetime.Renew();
        }
    }
}
