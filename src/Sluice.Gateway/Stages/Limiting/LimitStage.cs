using System.Globalization;
using Microsoft.Extensions.Logging;
using Sluice.Core.Alerts;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Savings;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Gateway.Stages.Limiting;

/// <summary>
/// Keeps each attempt within the owner's limits, which refuse at once, and within the account's quotas, for which attempts wait
/// in fair turns. It stands behind retry, so what AWS is asked again counts again, and what was answered without AWS does not.
/// </summary>
/// <param name="options">What is limited.</param>
/// <param name="book">What was counted so far; null limits nothing.</param>
/// <param name="models">Says which model an ARN stands for.</param>
/// <param name="metrics">Counts throttles and waits.</param>
/// <param name="raise">Hears of a caller that is throttled, once an hour.</param>
/// <param name="time">The clock of waits.</param>
/// <param name="logger">Hears the same.</param>
public sealed partial class LimitStage(
    LimitOptions options, LimitBook? book, ModelResolver models, GatewayMetrics metrics, RaiseAlert? raise, TimeProvider time, ILogger<LimitStage> logger) : IStage
{
    /// <summary>The error under which the ledger has the call.</summary>
    public const string Error = "limit_exceeded";

    private readonly ThrottleNews _news = new(raise, time);

    public string Name => "limit";

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        if (book is null || options.IsEmpty || invocation.Request.Model is null || invocation.Request.Operation is Operation.CountTokens or Operation.MessagesCountTokens)
            return next(invocation, cancellationToken);
        var quota = QuotaOf(invocation);
        return quota is null && !IsRuled(invocation) ? next(invocation, cancellationToken) : LimitAsync(invocation, quota, book, next, cancellationToken);
    }

    private async ValueTask<Reply> LimitAsync(Invocation invocation, QuotaRule? quota, LimitBook limits, Next next, CancellationToken cancellationToken)
    {
        // Step 1: the owner's limits. What has no room is refused, and takes nothing.
        var model = (await models.ResolveAsync(invocation.Request.Model, invocation.Upstream))?.BaseModel;
        var lease = invocation.Own(new LimitLease(limits, model));
        var atMost = QuotaTokens.AtMost(invocation.Request.Facts, model);
        foreach (var rule in options.Rules)
        {
            // What levers and samples ask is not the caller's doing, and must not take the place of its calls.
            if (invocation.Purpose == AttemptPurpose.Answer && rule.Matches(invocation) && lease.TryTake(rule, limits.CounterOf(rule, invocation, model), atMost) is { } throttle)
            {
                lease.GiveBack();
                throw Refused(invocation, throttle, LimitBook.SubjectOf(rule.Per, invocation, model), TimeSpan.Zero);
            }
        }

        // Step 2: the account's quota. Whose turn has not come waits.
        if (quota is not null)
        {
            var began = time.GetTimestamp();
            var queue = limits.QueueOf(quota);
            var tokens = QuotaTokens.HeldByAws(invocation.Request.Facts, model);
            var subject = LimitBook.SubjectOf(quota.ShareBy, invocation, model);
            var ticket = invocation.Purpose == AttemptPurpose.Sample ? queue.TakeSpare(quota, tokens) : queue.Enter(quota, (subject.Key ?? subject.App ?? subject.Team)!, tokens);
            var turn = ticket is null ? Turn.PushedOut : await TurnAsync(ticket, quota, invocation.CallerGone, cancellationToken);
            var waited = time.GetElapsedTime(began);
            if (turn != Turn.Come)
            {
                lease.GiveBack();
                throw Refused(invocation, queue.Throttled(quota, tokens), subject, waited);
            }
            lease.Hold(queue, ticket!);
            if (waited >= TimeSpan.FromMilliseconds(1))
                Waited(invocation, quota, waited);
        }

        // Step 3: the attempt. One that never reached AWS counts for nothing.
        var attempts = invocation.Attempts.Count;
        Reply reply;
        try
        {
            reply = await next(invocation, cancellationToken);
        }
        catch
        {
            if (invocation.Attempts.Count == attempts)
                lease.GiveBack();
            else if (invocation.Attempts.Current.Usage is { } usage)
                lease.Settle(usage);
            lease.Leave();
            throw;
        }
        if (invocation.Attempts.Count == attempts)
        {
            lease.GiveBack();
            return reply;
        }
        if (!reply.IsSuccess)
        {
            lease.Settle(Usage.None);
            lease.Leave();
            return reply;
        }
        invocation.Attempts.WhenUsed(lease.Settle);
        return reply.WithFrames(lease.Pass(reply.Frames));
    }

    private async ValueTask<Turn> TurnAsync(FairQueue.Ticket ticket, QuotaRule quota, CancellationToken callerGone, CancellationToken cancellationToken)
    {
        if (ticket.Turn.IsCompleted)
            return await ticket.Turn;
        using var patience = new CancellationTokenSource(quota.MaxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, callerGone, cancellationToken);
        await using var giving = either.Token.UnsafeRegister(static state => ((FairQueue.Ticket)state!).GiveUp(), ticket);
        return await ticket.Turn;
    }

    private void Waited(Invocation invocation, QuotaRule quota, TimeSpan waited)
    {
        metrics.LimitWaited(quota.Name, waited);
        invocation.Lifetime.Renew();
        Note(invocation, string.Create(CultureInfo.InvariantCulture, $"waited {waited.TotalMilliseconds:0} ms for quota {quota.Name}"));
    }

    private RefusedException Refused(Invocation invocation, Throttle throttle, LimitSubject subject, TimeSpan waited)
    {
        var of = subject.ToString();
        var after = throttle.RetryAfterSeconds;
        var frees = (time.GetUtcNow() + TimeSpan.FromSeconds(after)).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        Note(invocation, string.Create(CultureInfo.InvariantCulture, $"refused after {waited.TotalMilliseconds:0} ms by {throttle.Limit}: {throttle.Value} {throttle.Unit}"));
        // Who has left by itself was not throttled, nor does a sample want more than what nobody needs.
        if (!invocation.CallerGone.IsCancellationRequested && invocation.Purpose != AttemptPurpose.Sample)
        {
            metrics.LimitThrottled(throttle.Limit, throttle.Kind.ToString().ToLowerInvariant());
            if (_news.Tell(throttle, of, waited))
                Log.Throttled(logger, of, throttle.Limit, throttle.Value, throttle.Unit);
        }
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"Too many requests for the gateway's limit '{throttle.Limit}' of {throttle.Value} {throttle.Unit} ({of}){(waited > TimeSpan.Zero ? $", after a wait of {waited.TotalSeconds:0.0} s" : "")}. There should be room at {frees}; please wait {after} s before trying again, or have the limit raised.");
        return new RefusedException(Refusal.Throttled(message) with { RetryAfterSeconds = after }, Error);
    }

    private static void Note(Invocation invocation, string why) => invocation.Effects.Add(new LeverEffect(Decision.Limit, why, IsShadow: false, shape => shape));

    private QuotaRule? QuotaOf(Invocation invocation)
    {
        foreach (var quota in options.Quotas)
        {
            if (quota.Matches(invocation))
                return quota;
        }
        return null;
    }

    private bool IsRuled(Invocation invocation)
    {
        foreach (var rule in options.Rules)
        {
            if (rule.Matches(invocation))
                return true;
        }
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(70, LogLevel.Warning, "{Subject} is throttled by the limit {Limit} of {Value} {Unit}; it is said once an hour, sluice_limit_throttled counts each")]
        public static partial void Throttled(ILogger logger, string subject, string limit, long value, string unit);
    }
}
