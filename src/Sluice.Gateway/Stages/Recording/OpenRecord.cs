using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Replies;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Stages.Recording.Estimates;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>The bookkeeping of one invocation, from its intent to its record.</summary>
internal sealed class OpenRecord(Invocation invocation, Recorder recorder)
{
    private readonly Task<ModelIdentifier?> _resolving = recorder.Models.ResolveAsync(invocation.Request.Model, invocation.Upstream);
    private Reply? _reply;
    private ReplyMeter? _meter;
    private ModelIdentifier? _model;
    private double? _ttftMs;
    private long _replyBytes;
    private string? _estimatedBy;
    private Action<Money?>? _answersPayer;

    public Invocation Invocation => invocation;

    public bool IsClosed { get; private set; }

    public bool CallerLeft => invocation.CallerGone.IsCancellationRequested;

    /// <summary>Writes the record as it would stand if the process ended now.</summary>
    public void WriteIntent() => recorder.Open(Record(Outcome.Interrupted, reading: null, error: null, cost: null));

    /// <summary>Takes the reply whose frames will follow.</summary>
    public async ValueTask ObserveAsync(Reply reply)
    {
        _reply = reply;
        if (reply.IsSuccess)
            _meter = ReplyMeter.Create(invocation.Request.Operation, invocation.Request.Facts.Dialect, reply.Framing, invocation.Request.Facts, reply.Headers["Content-Encoding"]);
        _model = await (ReferenceEquals(invocation.Request.Model, invocation.Original.Model)
            ? _resolving
            : recorder.Models.ResolveAsync(invocation.Request.Model, invocation.Upstream));
    }

    public void Append(ReadOnlySpan<byte> chunk)
    {
        _ttftMs ??= ElapsedMs(invocation.StartTimestamp);
        _replyBytes += chunk.Length;
        _meter?.Append(chunk);
    }

    /// <summary>Ends the recording: the last attempt gets its usage and cost, and the ledger the record. Only the first call counts.</summary>
    public InvocationRecord Close(Outcome? outcome = null, string? error = null)
    {
        IsClosed = true;
        invocation.Attempts.BeforeSending = null;
        invocation.Attempts.Closing();
        var reading = Finish();
        var ended = outcome ?? Ending(reading);
        error ??= ErrorOf(reading) ?? (ended == Outcome.UpstreamError && invocation.Attempts.HasCurrent ? invocation.Attempts.Current.Error : null);
        var cost = SettleLastAttempt(reading, ended, error);
        var record = Record(ended, reading, error, cost);
        var final = FinalShape(reading);
        if (invocation.Effects.All.Count > 0)
        {
            var waterfall = WaterfallOf(final, record, reading);
            record = record with { Baseline = waterfall.Baseline, Decisions = waterfall.Decisions };
        }
        // Who reads the answer may be quicker than we are, so it is known before its caller is told of it.
        if (reading is { IsPending: true, AnswerId: { } pending } && invocation.Request.Operation == Operation.Responses && invocation.Attempts.HasCurrent)
            recorder.Answers.Add(pending, invocation.Attempts.CurrentPayer);
        recorder.Close(record);
        invocation.Attempts.PayAll();
        _answersPayer?.Invoke(record.Cost);
        invocation.Effects.Settle(new Settlement(record, final), fault => recorder.NotLearned(record.InvocationId, fault));
        return record;
    }

    /// <summary>Ends an attempt whose reply the caller will not see, because a lever asks again. It was billed all the same.</summary>
    /// <returns>Its money; null where that is not known.</returns>
    public async ValueTask<Money?> SettleAttemptAsync(ReplyReading reading)
    {
        // Each attempt may have been made of another model; the one of the reply that passes to the caller is still needed at its end.
        var observed = _reply is null ? null : _model;
        _model = await recorder.Models.ResolveAsync(invocation.Request.Model, invocation.Upstream);
        var cost = SettleLastAttempt(Estimated(reading, plainBytes: 0), Outcome.Completed, error: null);
        _model = observed ?? _model;
        return cost?.Total;
    }

    /// <summary>What the reply says it used, at the price of the request as it stands; null where it does not say.</summary>
    public CallShape? AnswerShape { get; private set; }

    /// <summary>The call as its caller sent it, where levers changed it; null where none did, or where that is not known.</summary>
    public CallShape? BaselineShape { get; private set; }

    private CallShape? FinalShape(ReplyReading? reading)
    {
        var usage = !invocation.Attempts.HasCurrent ? Usage.None : invocation.Attempts.Current.Usage;
        return usage is null ? null : new CallShape(usage, Identity(Served(reading), reading));
    }

    /// <summary>The savings of the levers, each null where the usage is not known.</summary>
    private Waterfall WaterfallOf(CallShape? final, InvocationRecord record, ReplyReading? reading)
    {
        var effects = invocation.Effects.All;
        // Where nothing was used and nothing answered, as of a refused call, levers have saved nothing of what was not asked.
        if (final is not null && IsNothing(final.Usage) && reading?.Usage is null && record.Outcome != Outcome.AnsweredLocally)
            effects = [.. effects.Select(e => e with { Convert = shape => shape })];
        AnswerShape = reading?.Usage is { } told ? new CallShape(told, Identity(Served(reading), reading)) : null;
        try
        {
            if (final is not null)
            {
                var waterfall = Waterfall.Of(final, record.Cost, effects, PriceOf);
                BaselineShape = waterfall.Before[0];
                return waterfall;
            }
        }
        catch (Exception e)
        {
            recorder.NotLearned(record.InvocationId, e);
        }
        return new Waterfall
        {
            Baseline = null,
            Decisions = [.. effects.Select(e => new Decision(e.Lever, null, e.Why) { IsShadow = e.IsShadow })],
            Before = [],
        };
    }

    private Money? PriceOf(CallShape shape) => IsNothing(shape.Usage) ? Money.Zero
        : shape.Identity.Model.Length == 0 && invocation.Request.Model is not null ? null
        : recorder.Prices.Price(shape.Identity, shape.Usage, invocation.StartedAt).Total;

    private static bool IsNothing(Usage usage) => usage is { ContextTokens: 0, Output: 0, Units.IsEmpty: true };

    private ReplyReading? Finish()
    {
        var reading = _meter?.Finish(_reply!.Headers.First);
        _meter?.Dispose();
        if (reading is not null && RequestBound.IsFree(invocation.Request))
            return OfRead(reading);
        if (reading is not null)
            reading = Estimated(reading, PlainBytes(reading));
        // AWS bills the guardrail's units though this reply does not tell them: what is known of the usage is not all of it.
        if (reading is not { GuardrailUnreported: true, Usage: { } usage })
            return reading;
        _estimatedBy ??= UsageEstimates.AllReported;
        return reading with { Usage = usage with { Source = UsageSource.Estimated } };
    }

    /// <summary>
    /// To read costs nothing. What the reply says was used is the answer's, which is booked with the first read that tells it, if it was asked for
    /// here and told nothing then.
    /// </summary>
    private ReplyReading OfRead(ReplyReading reading) =>
        reading is { IsPending: false, AnswerId: { } id, Usage.Source: UsageSource.Measured } && recorder.Answers.TryTake(id, out _answersPayer)
            ? reading
            : reading with { Usage = Usage.None, IsPending = false };

    /// <summary>Puts what earlier calls tell in place of what the reply left to be guessed, or lets later calls learn from it.</summary>
    private ReplyReading Estimated(ReplyReading reading, long plainBytes)
    {
        var model = _model ?? invocation.Request.Model;
        var reply = new MeteredReply(model?.BaseModel ?? model?.Raw ?? "", invocation.Tags.GetValueOrDefault("app"), invocation.Request.Facts, reading, invocation.StartedAt, plainBytes, CallerLeft);
        (var usage, _estimatedBy) = recorder.Estimates.Settle(reply);
        // Nothing tells how long a prompt is that can't be read.
        if (invocation.Request.IsUnreadable && reading.Guessed.HasFlag(GuessedCounts.Input))
            usage = null;
        if (usage?.Source == UsageSource.Estimated && reading.Guessed != GuessedCounts.None)
            usage = EstimateBound.Apply(invocation, usage, reading, Sheet(Served(reading), reading));
        return ReferenceEquals(usage, reading.Usage) ? reading : reading with { Usage = usage };
    }

    /// <summary>The length of a reply that is one JSON object, whether or not all of it came; 0 where that is not known.</summary>
    private long PlainBytes(ReplyReading reading) => _reply!.Framing != ReplyFraming.Json || _reply.IsCompressed ? 0
        : long.TryParse(_reply.Headers["Content-Length"], out var length) && length >= _replyBytes ? length
        : reading.Ended ? _replyBytes : 0;

    /// <summary>What was wrong with a reply that began well: an error inside it, a broken frame, or an end too early.</summary>
    private static string? ErrorOf(ReplyReading? reading) => reading switch
    {
        null => null,
        { Error: { } named } => named,
        { Corrupt: true } => "corrupt_reply",
        { Ended: false } => "incomplete_reply",
        _ => null,
    };

    private Outcome Ending(ReplyReading? reading)
    {
        if (CallerLeft)
            return Outcome.ClientAborted;
        if (!invocation.Attempts.HasCurrent)
            return _reply is { IsSuccess: true } ? Outcome.AnsweredLocally : Outcome.Refused;
        return reading is null || ErrorOf(reading) is not null ? Outcome.UpstreamError : Outcome.Completed;
    }

    private Cost? SettleLastAttempt(ReplyReading? reading, Outcome ended, string? error)
    {
        if (!invocation.Attempts.HasCurrent)
            return Cost.Zero;
        var last = invocation.Attempts.Current;
        var usage = WithFee(reading?.Usage) ?? last.Usage;
        var cost = usage is null ? null : PriceOf(usage, reading);
        var isKnown = cost?.Total is not null;
        invocation.Attempts.Update(last with
        {
            Outcome = ended,
            Error = last.Error ?? error,
            Usage = usage,
            EstimatedBy = usage?.Source == UsageSource.Estimated ? _estimatedBy : null,
            Cost = cost?.Total,
            CostUnknown = isKnown ? null : UnknownCost.Why(invocation.Request, reading, cost),
            UsageSuspect = reading?.Suspect,
            // What has arrived before an attempt began was another one's.
            TtftMs = _ttftMs is { } ttft && ttft >= StartOffsetMs(last) ? ttft - StartOffsetMs(last) : null,
            DurationMs = last.DurationMs ?? Math.Max(0, ElapsedMs(invocation.StartTimestamp) - StartOffsetMs(last)),
        });
        return cost;
    }

    /// <summary>AWS bills a prompt router by the request, beside the model that it chose; the reply does not count that.</summary>
    private Usage? WithFee(Usage? usage) =>
        usage is not null && !IsNothing(usage) && IsPromptRouter(_model ?? invocation.Request.Model) ? usage with { Units = usage.Units.Add(new UnitCount(UsageKind.RouterRequest, 1)) } : usage;

    private static bool IsPromptRouter(ModelIdentifier? model) => model?.Kind is ModelIdentifierKind.PromptRouter or ModelIdentifierKind.DefaultPromptRouter;

    private Cost? PriceOf(Usage usage, ReplyReading? reading)
    {
        if (IsNothing(usage))
            return Cost.Zero;
        var served = Served(reading);
        // An operation without a model, such as ApplyGuardrail, uses units whose price depends on no model.
        if (invocation.Request.Model is not null && served?.BaseModel is null)
            return new Cost { Total = null, Unpriced = [UsageKind.Input, UsageKind.Output] };
        var sheet = Sheet(served, reading);
        var cost = sheet.Price(usage, usage.ContextTokens);
        return UnknownCost.LengthOf(invocation.Request, usage, sheet) is { } length ? cost with { Total = null, Unpriced = [.. cost.Unpriced, length] } : cost;
    }

    private PriceSheet Sheet(ModelIdentifier? served, ReplyReading? reading) => recorder.Prices.Sheet(Identity(served, reading), invocation.StartedAt);

    private PriceIdentity Identity(ModelIdentifier? served, ReplyReading? reading) => new()
    {
        Model = ImageVariants.Of(served?.BaseModel ?? "", invocation.Request.Facts, recorder.Prices),
        Region = served?.Region ?? invocation.Upstream.Region,
        Profile = served?.Profile,
        Tier = reading?.ResolvedTier ?? invocation.Request.Facts.Tier,
        LatencyOptimized = invocation.Request.Facts.LatencyOptimized,
    };

    /// <summary>The model that answered: of a prompt router, the one that its trace names; otherwise the one that was asked.</summary>
    private ModelIdentifier? Served(ReplyReading? reading)
    {
        var asked = _model ?? invocation.Request.Model;
        // A stored answer is of the model that it names itself.
        if (asked is null && invocation.Request.Operation == Operation.StoredResponses && reading?.ServedModelIdentifier is { } own)
            return ModelIdentifier.Parse(own);
        return IsPromptRouter(asked) && reading?.ServedModelIdentifier is { } named
            ? ModelIdentifier.Parse(named)
            : asked;
    }

    private InvocationRecord Record(Outcome outcome, ReplyReading? reading, string? error, Cost? cost)
    {
        var request = invocation.Request;
        var served = Served(reading);
        var (usage, total) = Sum(invocation.Attempts.All);
        return new InvocationRecord
        {
            InvocationId = invocation.Id,
            StartedAt = invocation.StartedAt,
            KeyId = invocation.Caller.KeyId,
            Tags = invocation.Tags,
            Operation = request.Operation,
            Dialect = request.Facts.Dialect,
            Streamed = request.Facts.Streamed,
            RequestedModel = invocation.Original.Model?.Raw,
            ServedModel = served?.BaseModel,
            Region = served?.Region ?? invocation.Upstream.Region,
            Profile = served?.Profile,
            Scope = ScopeOf(served?.Profile),
            Tier = reading?.ResolvedTier ?? request.Facts.Tier,
            LatencyOptimized = request.Facts.LatencyOptimized,
            Usage = usage,
            Cost = total,
            AnswerId = reading is { IsPending: true } || (request.Operation == Operation.StoredResponses && usage is not null && !IsNothing(usage)) ? reading?.AnswerId : null,
            AnswerPending = reading is { IsPending: true },
            CostByKind = cost?.Lines.ToImmutableSortedDictionary(l => l.Kind, l => l.Amount) ?? ImmutableSortedDictionary<UsageKind, Money>.Empty,
            PriceRows = cost?.Lines.Select(l => l.Row.Id).ToImmutableArray() ?? [],
            // Where no lever did anything, the call as the caller sent it is the call that was made.
            Baseline = total,
            Conversation = invocation.Levers.Conversation,
            Control = invocation.Levers.IsControl,
            HeldBack = invocation.Levers.HeldBack?.Name(),
            Repeat = invocation.Levers.IsRepeat,
            Outcome = outcome,
            StopReason = reading?.StopReason,
            Error = error,
            Attempts = [.. invocation.Attempts.All],
            TtftMs = _ttftMs,
            DurationMs = outcome == Outcome.Interrupted ? null : ElapsedMs(invocation.StartTimestamp),
            RequestBytes = invocation.Original.Body.Length,
            ReplyBytes = _replyBytes,
        };
    }

    /// <summary>The sums over the attempts. One attempt that is not known makes the sum not known.</summary>
    private static (Usage? Usage, Money? Cost) Sum(IReadOnlyList<AttemptRecord> attempts)
    {
        Usage? usage = Usage.None;
        Money? cost = Money.Zero;
        foreach (var attempt in attempts)
        {
            usage = usage is null || attempt.Usage is null ? null : usage + attempt.Usage;
            cost = cost is null || attempt.Cost is null ? null : cost + attempt.Cost;
        }
        return (usage, cost);
    }

    private static Scope ScopeOf(string? profile) => new PriceIdentity { Model = "", Region = "", Profile = profile }.Scope;

    private double ElapsedMs(long since) => recorder.Time.GetElapsedTime(since).TotalMilliseconds;

    private double StartOffsetMs(AttemptRecord attempt) => (attempt.StartedAt - invocation.StartedAt).TotalMilliseconds;
}
