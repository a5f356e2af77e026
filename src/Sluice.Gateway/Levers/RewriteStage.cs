using Microsoft.Extensions.Logging;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers;

/// <summary>
/// Lets one lever change the request. A fault of the lever sends what the caller sent. Where the upstream refuses what levers
/// made of a request, the first of them sends it once more as the caller wrote it: what AWS thinks of our changes never
/// reaches the caller.
/// </summary>
public sealed partial class RewriteStage(IRewritingLever lever, ILogger<RewriteStage> logger) : IStage
{
    public string Name => lever.Lever.Name();

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var mode = invocation.Effects.IsAbandoned ? LeverMode.Off : invocation.Levers.ModeOf(lever.Lever);
        if (mode == LeverMode.Off)
        {
            if (invocation.Levers.IsHeldBack(lever.Lever))
                LeaveAlone(invocation);
            return next(invocation, cancellationToken);
        }

        if (Decide(invocation) is not { } rewriting)
            return next(invocation, cancellationToken);
        if (mode == LeverMode.Shadow)
        {
            invocation.Effects.Add(new LeverEffect(Name, rewriting.Why, IsShadow: true, rewriting.Apply));
            return next(invocation, cancellationToken);
        }
        return SendAsync(invocation, rewriting, next, cancellationToken);
    }

    private async ValueTask<Reply> SendAsync(Invocation invocation, Rewriting rewriting, Next next, CancellationToken cancellationToken)
    {
        invocation.Effects.Add(new LeverEffect(Name, rewriting.Why, IsShadow: false, rewriting.Undo));
        var isFirst = invocation.Effects.BeginRewriting();
        var before = invocation.Request;
        invocation.Request = rewriting.Request;
        var reply = await next(invocation, cancellationToken);
        // Nobody needs another attempt of a call whose caller has left.
        if (!IsRefusal(reply.Status) || invocation.CallerGone.IsCancellationRequested)
            return reply;

        // Each lever learns of it on the way out; the first one, which knows the caller's own request, sends that. Who may call
        // what (403, 404) is a matter of the place alone, so a lever that kept the place is not told.
        if (reply.Status is not (403 or 404) || rewriting.Request.Model != before.Model || rewriting.Request.Facts.Tier != before.Facts.Tier)
            invocation.Effects.WhenSettled(settlement => TellRefused(invocation, rewriting.Request, settlement));
        if (!isFirst)
            return reply;
        Log.Refused(logger, invocation.Id, reply.Status);
        await reply.DisposeAsync();
        invocation.Effects.Abandon();
        invocation.Request = before;
        invocation.Lifetime.Renew();
        return await next(invocation, cancellationToken);
    }

    /// <summary>A status that says that the request itself is wrong or not allowed.</summary>
    private static bool IsRefusal(int status) => status is 400 or 403 or 404 or 413 or 422;

    private Rewriting? Decide(Invocation invocation)
    {
        try
        {
            return lever.Rewrite(invocation, out _);
        }
        catch (Exception e)
        {
            Log.Faulted(logger, e, Name, invocation.Id);
            return null;
        }
    }

    private void LeaveAlone(Invocation invocation)
    {
        try
        {
            lever.LeftAlone(invocation);
        }
        catch (Exception e)
        {
            Log.Faulted(logger, e, Name, invocation.Id);
        }
    }

    /// <summary>The caller's own request was refused too: then the change was not what was wrong.</summary>
    private void TellRefused(Invocation invocation, InvocationRequest refused, Settlement settlement)
    {
        if (settlement.Record.Outcome is Core.Invocations.Outcome.Completed or Core.Invocations.Outcome.ClientAborted)
            lever.Refused(invocation, refused);
    }

    private static partial class Log
    {
        [LoggerMessage(51, LogLevel.Error, "The lever {Lever} failed on invocation {InvocationId}, which goes on as it was")]
        public static partial void Faulted(ILogger logger, Exception exception, string lever, string invocationId);

        [LoggerMessage(52, LogLevel.Warning, "The upstream refused what levers made of invocation {InvocationId} (status {Status}); it is sent again as the caller wrote it")]
        public static partial void Refused(ILogger logger, string invocationId, int status);
    }
}
