using Sluice.Bedrock.Inflating;
using Sluice.Gateway.Levers.Recalling;

namespace Sluice.Gateway.Stages.Keeping;

/// <summary>
/// Keeps each call with its bodies, where the owner has asked for that. It stands behind the recording, which reads every
/// reply to its end, so that a reply whose caller left is kept whole all the same.
/// </summary>
public sealed class KeepStage(InvocationLog log) : IStage
{
    public string Name => "keep";

    public async ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        if (invocation.Request.Model is null)
            return await next(invocation, cancellationToken);
        Reply? reply = null;
        var tee = new ReplyTee(InvocationLog.MaxReplyBytes);
        invocation.Effects.WhenSettled(settlement => Keep(invocation, settlement, reply, tee));
        reply = await next(invocation, cancellationToken);
        return reply.WithFrames(tee.Pass(reply.Frames));
    }

    private void Keep(Invocation invocation, Levers.Settlement settlement, Reply? reply, ReplyTee tee)
    {
        var record = settlement.Record;
        var told = !invocation.Attempts.HasCurrent ? invocation.Recording?.AnswerShape?.Usage : settlement.Final?.Usage;
        log.Add(new KeptCall(
            record, invocation.Original with { Body = invocation.Original.Readable.ToArray(), Inflated = null },
            reply is not null && tee.IsWhole ? Plain(reply, tee.Bytes) : default, reply?.Framing ?? default, reply?.Headers["Content-Type"],
            told, record.Decisions.Any(d => !d.IsShadow) ? invocation.Recording?.BaselineShape?.Usage : null));
    }

    /// <summary>What is kept is what was said.</summary>
    private static ReadOnlyMemory<byte> Plain(Reply reply, ReadOnlyMemory<byte> body) =>
        reply.IsCompressed ? Inflater.Whole(reply.Headers["Content-Encoding"]!, body.Span, InvocationLog.MaxReplyBytes) : body;
}
