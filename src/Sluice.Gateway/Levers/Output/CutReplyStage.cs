using Sluice.Bedrock.Replies;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Savings;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Gateway.Levers.Output;

/// <summary>
/// Asks once more, at the caller's own limit, where a limit of ours cut the reply. AWS bills both attempts; what the first
/// one cost is a negative saving of the output lever.
/// </summary>
public sealed class CutReplyStage : IStage
{
    public string Name => "uncut";

    public async ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        if (invocation.Levers.ModeOf(Lever.Output) != LeverMode.On)
            return await next(invocation, cancellationToken);
        var before = invocation.Request;
        var mark = invocation.Effects.Mark();
        var reply = await next(invocation, cancellationToken);
        // A reply that the caller's own limit cut is the caller's to deal with.
        if (!reply.IsSuccess || reply.Framing != ReplyFraming.Json || !invocation.Effects.Has(Lever.Output) || invocation.Request.Facts.MaxTokens == before.Facts.MaxTokens)
            return reply;

        var body = new ReplyBuffer(expectedBytes: 0);
        var reading = await body.FillAsync(invocation, reply);
        // Nobody waits for the rest of a reply whose caller has left.
        if (reading is null || !StopReasons.IsTruncated(reading.StopReason) || invocation.CallerGone.IsCancellationRequested)
            return body.ToReply(reply.Status, reply.Headers);

        var cost = await invocation.Recording!.SettleAttemptAsync(reading);
        var (limited, noted, attempt) = (invocation.Request, invocation.Effects.Snapshot(), invocation.Attempts.CurrentIndex);
        invocation.Effects.Rewind(mark, Lever.Output, "the learned limit cut the reply, so it was asked for again at the caller's", cost ?? Money.Zero);
        invocation.Request = before;
        invocation.Lifetime.Renew();
        try
        {
            var whole = await next(invocation, cancellationToken);
            await body.DisposeAsync();
            return whole;
        }
        catch (RefusedException e)
        {
            // A cut answer that is paid for is worth more than none.
            invocation.Effects.Restore(noted);
            invocation.Effects.Add(new LeverEffect(Lever.Output.Name(), $"served cut: asking again was refused ({e.Error})", IsShadow: false, shape => shape));
            invocation.Request = limited;
            invocation.Attempts.ReturnTo(attempt);
            return body.ToReply(reply.Status, reply.Headers);
        }
    }
}
