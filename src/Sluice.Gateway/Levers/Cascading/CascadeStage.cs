using System.Globalization;
using Microsoft.Extensions.Logging;
using Sluice.Bedrock.Replies;
using Sluice.Core;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Levers.Cascading.Checks;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Gateway.Levers.Cascading;

/// <summary>
/// Checks the answer of a cascade's step and asks the next one where a check objects. Every attempt is billed and stands in
/// the ledger; what a rejected one and a judge cost is a negative saving of the route lever. The last step's answer is served
/// whatever the checks say of it, and the reply says so.
/// </summary>
public sealed partial class CascadeStage(CascadeWatch watch, PriceBook prices, ILogger<CascadeStage> logger) : IStage
{
    public string Name => "cascade";

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken) =>
        invocation.Levers.ModeOf(Lever.Route) == LeverMode.On ? ClimbAsync(invocation, next, cancellationToken) : next(invocation, cancellationToken);

    private async ValueTask<Reply> ClimbAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var asked = invocation.Request;
        RejectedAnswer? rejected = null;
        while (true)
        {
            var mark = invocation.Effects.Mark();
            Reply reply;
            try
            {
                reply = await next(invocation, cancellationToken);
            }
            catch (RefusedException e) when (rejected is not null)
            {
                // A step up that a budget or a limit has no room for must not cost the caller the answer that is here.
                return rejected.Serve(invocation, e.Error);
            }
            catch when (rejected is not null)
            {
                await rejected.Body.DisposeAsync();
                throw;
            }
            // Where AWS refused what levers made, the call went as its caller sent it, and there is no cascade any more.
            if (invocation.Cascade is not { } run || invocation.Effects.IsAbandoned || invocation.CallerGone.IsCancellationRequested)
            {
                if (invocation is { Cascade.Step: > 0, Effects.IsAbandoned: true })
                    Note(invocation, "the asked model's answer served unchecked");
                return await WithoutAsync(rejected, reply);
            }
            if (!reply.IsSuccess)
            {
                if (run.IsLast || !IsTransient(reply.Status))
                    return await WithoutAsync(rejected, reply);
                await reply.DisposeAsync();
                StepUp(invocation, asked, run, mark, string.Create(CultureInfo.InvariantCulture, $"it failed with status {reply.Status}"), Money.Zero);
                continue;
            }
            if (reply.Framing != ReplyFraming.Json && run.Options.Streams == CascadeStreams.Accept)
            {
                watch.Accepted(run);
                Note(invocation, $"{run.StepName} streamed unchecked");
                return await WithoutAsync(rejected, reply);
            }

            var body = new ReplyBuffer(expectedBytes: 0);
            var reading = await body.FillAsync(invocation, reply);
            var traits = new RequestTraits(invocation);
            var answer = AnswerReader.Read(asked, traits.UserTexts, reply, body.Written.Span);
            var objection = answer is null ? "it can't be read" : run.Options.Checks.FirstObjection(answer, (fault, check) => Log.CheckFailed(logger, fault, check, invocation.Id));
            string? scored = null;
            if (objection is null)
                (objection, scored) = Score(invocation, run, traits, answer!);
            Money? cost = null;
            var judged = Money.Zero;
            if (objection is null && run.Options.Judge is { } judge)
            {
                // The answer's own attempt is settled before another one is made.
                cost = reading is null ? null : await invocation.Recording!.SettleAttemptAsync(reading);
                (objection, judged) = await JudgeAsync(invocation, run, judge, answer!, next, cancellationToken);
            }
            watch.Answered(run, objection is not null);
            if (objection is null || run.IsLast || reading is null || invocation.CallerGone.IsCancellationRequested)
            {
                if (judged != Money.Zero)
                    Note(invocation, "the judge's attempt", judged);
                Note(invocation, objection is null ? $"{run.StepName} passed its checks{scored}" : $"{run.StepName} served though {objection}");
                invocation.Effects.WhenSettled(settlement => watch.Cost(run, settlement.Record, Single(invocation, run, settlement)));
                return await WithoutAsync(rejected, body.ToReply(reply.Status, reply.Headers));
            }
            cost ??= await invocation.Recording!.SettleAttemptAsync(reading);
            if (rejected is not null)
                await rejected.Body.DisposeAsync();
            rejected = new RejectedAnswer(invocation, run, reply, body, objection, judged);
            StepUp(invocation, asked, run, mark, objection, (cost ?? Money.Zero) + judged);
        }
    }

    /// <summary>What the trained scorer objects to, or else its score in words; nothing for models whose answers it was not trained to read.</summary>
    private (string? Objection, string? Scored) Score(Invocation invocation, CascadeRun run, RequestTraits traits, CheckedAnswer answer)
    {
        if (run is not { Scorer: { } scorer, Options.Scorer: { } options } || !run.IsFirst(invocation.Request.Model?.BaseModel))
            return default;
        // Calls of tools are no text that could be read.
        if (!answer.Calls.IsEmpty)
            return (null, ", not scored since it calls tools");
        try
        {
            var score = scorer.Score(answer.Question, traits.Task, answer.Text);
            var said = score.IsKnown
                ? string.Create(CultureInfo.InvariantCulture, $"score {score.Weak:0.00}, and {score.Strong:0.00} expected of {run.Options.Steps[^1]}")
                : "its scorer knows too little of it to judge";
            return score.GoesOn(options.Share) ? (said, null) : (null, $", {said}");
        }
        catch (Exception e)
        {
            Log.CheckFailed(logger, e, "scorer", invocation.Id);
            return (null, ", not scored since its scorer failed");
        }
    }

    private static async ValueTask<Reply> WithoutAsync(RejectedAnswer? rejected, Reply reply)
    {
        if (rejected is not null)
            await rejected.Body.DisposeAsync();
        return reply;
    }

    /// <summary>The latest answer that a check objected to, kept until the next one is here.</summary>
    private sealed class RejectedAnswer(Invocation rejecting, CascadeRun run, Reply reply, ReplyBuffer body, string objection, Money judged)
    {
        private readonly (LeverEffect[], Action<Settlement>[], bool) _noted = rejecting.Effects.Snapshot();
        private readonly InvocationRequest _request = rejecting.Request;
        private readonly int _attempt = rejecting.Attempts.CurrentIndex;
        private readonly int _step = run.Step;

        public ReplyBuffer Body => body;

        public Reply Serve(Invocation invocation, string error)
        {
            run.GoTo(_step);
            invocation.Effects.Restore(_noted);
            invocation.Request = _request;
            invocation.Attempts.ReturnTo(_attempt);
            Note(invocation, $"{run.StepName} served though {objection}: the next step was refused ({error})", judged);
            return body.ToReply(reply.Status, reply.Headers);
        }
    }

    private static async ValueTask<(string? Objection, Money Cost)> JudgeAsync(
        Invocation invocation, CascadeRun run, Bedrock.Operations.ModelIdentifier judge, CheckedAnswer answer, Next next, CancellationToken cancellationToken)
    {
        if (Judge.SpeaksToJudge(answer.Text))
            return ("it speaks to its judge", Money.Zero);
        var verdict = await Judge.AskAsync(invocation, judge, answer, next, cancellationToken);
        if (verdict.Points is { } points)
            return (points >= run.Options.JudgePoints ? null : string.Create(CultureInfo.InvariantCulture, $"its judge gave {points} points of 10"), verdict.Cost);
        // Who can't be asked can't be satisfied; one more step is the safe side.
        return ("its judge gave no verdict", verdict.Cost);
    }

    private static void Note(Invocation invocation, string why, Money caused = default) =>
        invocation.Effects.Add(new LeverEffect(Lever.Route.Name(), why, IsShadow: false, shape => shape, caused));

    private static void StepUp(Invocation invocation, InvocationRequest asked, CascadeRun run, (int Effects, int Listeners) mark, string objection, Money cost)
    {
        invocation.Effects.Rewind(mark, Lever.Route, $"{run.StepName} rejected: {objection}", cost);
        run.GoTo(run.Step + 1);
        invocation.Request = asked;
        invocation.Lifetime.Renew();
    }

    /// <summary>What the last step's model alone would have cost, at the counts of the served answer.</summary>
    private Money? Single(Invocation invocation, CascadeRun run, Settlement settlement)
    {
        if (settlement.Final is not { } final)
            return null;
        var last = run.Route.Candidates[run.Route.IndexOf(run.Options.Steps[^1])].Model;
        var identity = final.Identity with { Model = last.BaseModel ?? "", Profile = last.Profile };
        return prices.Price(identity, final.Usage, invocation.StartedAt).Total;
    }

    private static bool IsTransient(int status) => status is 408 or 424 or 429 or >= 500;

    private static partial class Log
    {
        [LoggerMessage(58, LogLevel.Error, "The check {Check} failed on the answer to invocation {InvocationId}, which counts as passed")]
        public static partial void CheckFailed(ILogger logger, Exception exception, string check, string invocationId);
    }
}
