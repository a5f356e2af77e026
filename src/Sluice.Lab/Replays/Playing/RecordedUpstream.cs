using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Metering.Estimating;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Gateway.Levers.Planning;
using Sluice.Lab.Replays.Recordings;

namespace Sluice.Lab.Replays.Playing;

/// <summary>
/// The last stage of a replay: it answers with the recorded reply, after as long as that took. Where the request is the one
/// that was recorded, so are the counts. Where levers changed it, the counts are worked out for what it asks now: less input
/// by what trimming took out, reads and writes by its cache points, no more output than its limit.
/// </summary>
internal sealed class RecordedUpstream(PlayedCalls calls, PromptCaches caches, TokenCalibration calibration, ReplayLoop loop, ReplayClock clock) : IStage
{
    public string Name => "send";

    public async ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var call = calls.Of(invocation);
        var request = invocation.Request;
        var attempt = new AttemptRecord
        {
            Number = invocation.Attempts.Count + 1,
            StartedAt = clock.GetUtcNow(),
            Upstream = invocation.Upstream.Name,
            Model = request.Model?.Raw ?? "",
        };
        invocation.Attempts.Begin(attempt);
        var reply = Answer(invocation, call);
        await loop.UntilAsync(clock.GetUtcNow() + (call.Recorded.Duration ?? TimeSpan.Zero));
        invocation.Attempts.Update(reply.IsSuccess
            ? attempt with { Status = reply.Status }
            : attempt with { Status = reply.Status, Outcome = Outcome.UpstreamError, Error = call.Recorded.Error, Usage = Usage.None, Cost = Core.Money.Zero });
        return reply;
    }

    private Reply Answer(Invocation invocation, PlayedCall call)
    {
        var (request, original) = (invocation.Request, invocation.Original);
        if (call.Usage is not { } used || call.Recorded.Error is not null)
            return call.Reply.AsRecorded();
        var usage = CountsOf(invocation, call, used);
        var isCut = request.Facts.MaxTokens is { } limit && limit < used.Output && request.Facts.MaxTokens != original.Facts.MaxTokens;
        if (isCut)
            usage = (usage ?? used) with { Output = request.Facts.MaxTokens!.Value };
        ServiceTier? tier = request.Facts.Tier == original.Facts.Tier ? null : request.Facts.Tier;
        // What a recording of a call with levers says is not what its caller's own request would have used.
        if (usage is null && call.Recorded.AsSent is { } asSent && call.Recorded.Told != null && !IsSame(asSent, call.Recorded.Told))
            usage = asSent;
        if (call.Recorded.Reply.IsEmpty)
            usage ??= used;
        return usage is null && tier is null ? call.Reply.AsRecorded() : call.Reply.Changed(usage, isCut, tier);
    }

    /// <summary>Null where they are those of the recording.</summary>
    private Usage? CountsOf(Invocation invocation, PlayedCall call, Usage used)
    {
        var (request, original) = (invocation.Request, invocation.Original);
        if (!ReplyEdits.Knows(original.Facts.Dialect) || call.Recorded.IsStandIn)
            return null;
        var trimmed = invocation.Effects.Has(Lever.Trim) ? TrimmedOff(invocation, call, used) : 0;
        var isMarked = request.Facts.CacheLifetimes != original.Facts.CacheLifetimes;
        if (trimmed == 0 && !isMarked && call.Expected is null)
            return null;
        var input = Math.Max(1, used.ContextTokens - trimmed);
        if (request.Facts.CacheLifetimes == Bedrock.Requests.CacheLifetimes.None)
            return used with { Input = Math.Max(0, used.Input - trimmed) };
        var place = call.Identity with { Model = request.Model?.BaseModel ?? call.Identity.Model, Profile = request.Model?.Profile };
        if (caches.Send(place, invocation.Outline, request.Body.Span, input, used.Output, invocation.StartedAt) is not { } modelled)
            return trimmed == 0 ? null : used with { Input = Math.Max(0, used.Input - trimmed) };
        // The caller's own points: the recording knows better than any model of a cache, unless that sees a difference.
        return trimmed == 0 && !isMarked && call.Expected is { } expected && IsSame(expected, modelled) ? null : modelled with { Units = used.Units };
    }

    /// <summary>
    /// What trimming took out: as large a part of the recorded count as it is of the estimated one, so that an estimate which
    /// is off for the whole prompt is not off for the part.
    /// </summary>
    private long TrimmedOff(Invocation invocation, PlayedCall call, Usage used)
    {
        var dialect = invocation.Original.Facts.Dialect;
        if (CalibrationSamples.TextsOf(dialect, invocation.Original.Body.Span) is not { } before || CalibrationSamples.TextsOf(dialect, invocation.Request.Body.Span) is not { } after)
            return Math.Max(0, invocation.Original.Facts.EstimatedInputTokens - invocation.Request.Facts.EstimatedInputTokens);
        var (whole, left) = (calibration.Estimate(call.Identity.Model, before).Tokens, calibration.Estimate(call.Identity.Model, after).Tokens);
        return whole <= left ? 0 : (long)(used.ContextTokens * (decimal)(whole - left) / whole);
    }

    internal static bool IsSame(Usage a, Usage b) =>
        a.Input == b.Input && a.CacheRead == b.CacheRead && a.CacheWrite5m + a.CacheWrite1h == b.CacheWrite5m + b.CacheWrite1h;
}
