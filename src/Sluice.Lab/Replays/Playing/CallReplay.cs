using System.Globalization;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Upstreams;
using Sluice.Lab.Replays.Recordings;

namespace Sluice.Lab.Replays.Playing;

/// <summary>
/// Plays recorded calls through the gateway's own pipeline, at the recording's own times, against an upstream that answers
/// what was recorded. Nothing is sent, and no future is seen.
/// </summary>
/// <param name="pipelines">Compiles the pipeline.</param>
/// <param name="prices">The book that both sides are priced by.</param>
/// <param name="models">The model behind each ARN that does not name it.</param>
/// <param name="region">Of calls whose recording names none.</param>
public sealed class CallReplay(PipelineMaker pipelines, PriceBook prices, IReadOnlyDictionary<string, string> models, string region)
{
    private readonly PipelineMaker _pipelines = pipelines;
    private readonly PriceBook _prices = prices;
    private readonly IReadOnlyDictionary<string, string> _models = models;
    private readonly string _region = region;

    /// <summary>What a caller without a limit of its own is taken to reserve quota for, as in the replay of traces.</summary>
    private const long CallersLimit = 4096;

    /// <param name="recording">The calls.</param>
    /// <param name="settings">The levers. Nobody is left out as a control group: the question is what levers would do.</param>
    /// <param name="onCall">Is told of each call that has come.</param>
    /// <param name="cancellationToken">Gives up between two calls.</param>
    /// <exception cref="Traces.TraceException">A line of the recording is broken.</exception>
    public CallReplayResult Run(Recording recording, LeverSettings settings, Action? onCall = null, CancellationToken cancellationToken = default)
    {
        var run = new Pass(this, recording, LeverNotes.Playable(settings, recording.HasBodies));
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(run.Loop);
        try
        {
            foreach (var call in Ahead.Of(recording.Calls()))
            {
                cancellationToken.ThrowIfCancellationRequested();
                run.Start(call);
                onCall?.Invoke();
            }
            run.Finish();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            run.Dispose();
        }
        return run.Result(settings);
    }

    /// <summary>One replay under way.</summary>
    private sealed class Pass : ILedgerWriter, IDisposable
    {
        private readonly CallReplay _replay;
        private readonly Recording _recording;
        private readonly ReplayClock _clock = new();
        private readonly PlayedCalls _calls = new();
        private readonly PromptCaches _asRecorded = new();
        private readonly Dictionary<string, Upstream> _upstreams = new(StringComparer.Ordinal);
        private readonly Dictionary<string, ModelIdentifier> _models = new(StringComparer.Ordinal);
        private readonly bool _isOff;
        private readonly Pipeline _pipeline;
        private readonly CallGroup _all = new();
        private readonly SortedDictionary<string, CallGroup> _byApp = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, CallGroup> _byTask = new(StringComparer.Ordinal);
        private Exception? _failure;
        private DateTimeOffset? _from;
        private DateTimeOffset? _to;
        private long _number;
        private long _running;
        private long _timed;
        private long _pricedWhenRecorded;
        private long _kept;
        private readonly SortedDictionary<string, UnpricedModel> _unpriced = new(StringComparer.Ordinal);
        private double _asked;
        private double _reserved;

        public Pass(CallReplay replay, Recording recording, LeverSettings settings)
        {
            (_replay, _recording, _isOff) = (replay, recording, settings.IsOff);
            Loop = new ReplayLoop(_clock);
            var upstream = new RecordedUpstream(_calls, new PromptCaches(), recording.Calibrated(), Loop, _clock);
            _pipeline = replay._pipelines(new ReplayParts(new CallerStage(_calls), upstream, this, _clock, settings, recording.Calibrated()));
        }

        public ReplayLoop Loop { get; }

        public void Start(RecordedCall recorded)
        {
            Loop.AdvanceTo(recorded.At);
            _from ??= recorded.At;
            _to = recorded.At;
            _running++;
            _ = PlayAsync(recorded);
            Loop.Drain();
            if (_failure is not null)
                throw new InvalidOperationException($"{recorded.Place.File}:{recorded.Place.Line}: the call, or one in flight with it, could not be replayed: {_failure.Message}", _failure);
        }

        public void Finish()
        {
            Loop.AdvanceTo(DateTimeOffset.MaxValue);
            if (_failure is not null)
                throw new InvalidOperationException($"The last calls could not be replayed: {_failure.Message}", _failure);
            if (_running > 0)
                throw new InvalidOperationException($"{_running} calls of the replay never ended; this is a mistake in Sluice.");
        }

        public void Open(InvocationRecord intent) { }

        public void Close(InvocationRecord record)
        {
            if (_calls.Find(record.InvocationId) is { } call)
                Add(call, record);
        }

        public void Dispose()
        {
            foreach (var upstream in _upstreams.Values)
                upstream.Dispose();
        }

        public CallReplayResult Result(LeverSettings asked) => new()
        {
            Form = _recording.Form,
            All = _all,
            ByApp = _byApp,
            ByTask = _byTask,
            Levers = LeverNotes.Of(asked, _recording.HasBodies, _timed > 0, _all.Savings),
            ReservedRatio = _asked > 0 && asked.Default.ModeOf(Lever.Output) == LeverMode.On ? _reserved / _asked : null,
            PricedWhenRecorded = _pricedWhenRecorded,
            Kept = _kept,
            Unpriced = _unpriced,
            From = _from,
            To = _to,
        };

        private async Task PlayAsync(RecordedCall recorded)
        {
            var id = (++_number).ToString("x32", CultureInfo.InvariantCulture);
            try
            {
                var model = ModelOf(recorded.ModelId);
                var target = RequestTargets.Of(recorded);
                var headers = RequestTargets.Headers(recorded);
                var facts = RequestReader.Read(recorded.Operation, target is null || !target.StartsWith("/model/", StringComparison.Ordinal) ? null : recorded.ModelId, headers.First, recorded.Request.Span);
                var call = Played(recorded, facts);
                if (recorded.Cost is not null)
                    _pricedWhenRecorded++;
                if (recorded.Duration is { } duration && duration > TimeSpan.Zero)
                    _timed++;
                if (target is null || recorded.Request.IsEmpty)
                {
                    Keep(id, call, facts);
                    return;
                }
                _calls.Add(id, call);
                var upstream = UpstreamIn(call.Identity.Region);
                using var lifetime = new InvocationLifetime(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, _clock, CancellationToken.None);
                using var invocation = new Invocation
                {
                    Id = id,
                    StartedAt = recorded.At,
                    StartTimestamp = _clock.GetTimestamp(),
                    Request = new InvocationRequest { Method = "POST", Target = RequestTarget.Of(target), Operation = recorded.Operation, Model = model, Headers = headers, Body = recorded.Request, Facts = facts },
                    Upstream = upstream,
                    Origin = CallerOrigin.Local,
                    Lifetime = lifetime,
                };
                if (!_isOff && facts.CacheLifetimes != CacheLifetimes.None && call.Usage is { } used && recorded.Error is null)
                    call.Expected = _asRecorded.Send(call.Identity, invocation.Outline, recorded.Request.Span, used.ContextTokens, used.Output, recorded.At);
                await using var reply = await _pipeline.InvokeAsync(invocation, lifetime.Token);
                await foreach (var _ in reply.Frames)
                {
                    // The record is closed when the reply has been read.
                }
                if (invocation.Attempts.HasCurrent)
                {
                    _asked += facts.MaxTokens ?? CallersLimit;
                    _reserved += invocation.Request.Facts.MaxTokens ?? CallersLimit;
                }
            }
            catch (Exception e)
            {
                _failure ??= e;
            }
            finally
            {
                _calls.Remove(id);
                _running--;
            }
        }

        private PlayedCall Played(RecordedCall recorded, RequestFacts facts)
        {
            var reply = new RecordedReply(recorded, facts);
            if (recorded.Error is not null)
                return new PlayedCall(recorded) { Usage = Usage.None, Identity = IdentityOf(recorded, facts, null), OldCost = recorded.Cost ?? Money.Zero, OldOutputCost = Money.Zero, Reply = reply };
            var isSilent = recorded is { Reply.IsEmpty: true, AsSent: null, Told: null };
            var reading = isSilent ? null : reply.Read();
            var identity = IdentityOf(recorded, facts, reading);
            var usage = recorded.AsSent is { } asSent ? asSent with { Units = reading?.Usage?.Units ?? [] } : reading?.Usage;
            Cost? cost = usage is null ? null : _replay._prices.Price(identity, usage, recorded.At);
            return new PlayedCall(recorded)
            {
                Usage = usage,
                Identity = identity,
                OldCost = recorded.Cost ?? (identity.Model.Length > 0 ? cost?.Total : null),
                OldOutputCost = cost?.Lines.Where(l => l.Kind == UsageKind.Output).Aggregate(Money.Zero, (sum, line) => sum + line.Amount) ?? Money.Zero,
                Reply = reply,
            };
        }

        private PriceIdentity IdentityOf(RecordedCall recorded, RequestFacts facts, ReplyReading? reading)
        {
            var model = ModelOf(recorded.ModelId);
            if (model.Kind is ModelIdentifierKind.PromptRouter or ModelIdentifierKind.DefaultPromptRouter && reading?.ServedModelIdentifier is { } served)
                model = ModelIdentifier.Parse(served);
            return new PriceIdentity
            {
                Model = model.BaseModel ?? "",
                Region = model.Region ?? recorded.Region ?? _replay._region,
                Profile = model.Profile,
                Tier = reading?.ResolvedTier ?? facts.Tier,
                LatencyOptimized = facts.LatencyOptimized,
            };
        }

        private ModelIdentifier ModelOf(string raw)
        {
            if (!_models.TryGetValue(raw, out var model))
                _models[raw] = model = ModelIdentifier.Parse(_replay._models.GetValueOrDefault(raw, raw));
            return model;
        }

        /// <summary>A call that can't be played costs what it did.</summary>
        private void Keep(string id, PlayedCall call, RequestFacts facts)
        {
            _kept++;
            var recorded = call.Recorded;
            Add(call, new InvocationRecord
            {
                InvocationId = id,
                StartedAt = recorded.At,
                Tags = recorded.Tags,
                Operation = recorded.Operation,
                Dialect = facts.Dialect,
                Usage = call.Usage,
                Cost = call.OldCost,
                Baseline = call.OldCost,
                Outcome = Outcome.Completed,
            });
        }

        private void Add(PlayedCall call, InvocationRecord record)
        {
            _all.Add(call, record);
            if (call.OldCost is null || record.Cost is null)
            {
                var recorded = call.Recorded;
                var known = _unpriced.GetValueOrDefault(recorded.ModelId) ?? new UnpricedModel($"{recorded.Place.File}:{recorded.Place.Line}", call.Usage is null);
                _unpriced[recorded.ModelId] = known with { Calls = known.Calls + 1 };
            }
            Group(_byApp, call.Recorded.Tags.GetValueOrDefault("app", "")).Add(call, record);
            Group(_byTask, call.Recorded.Tags.GetValueOrDefault("task", "")).Add(call, record);
        }

        private static CallGroup Group(SortedDictionary<string, CallGroup> groups, string name)
        {
            if (!groups.TryGetValue(name, out var group))
                groups[name] = group = new CallGroup();
            return group;
        }

        private Upstream UpstreamIn(string region)
        {
            if (!_upstreams.TryGetValue(region, out var upstream))
            {
                // It is never called; what counts is its region, which decides prices.
                var options = new UpstreamOptions { Name = "recording", Kind = UpstreamKind.Url, Region = region, BaseAddress = new Uri("http://recording.invalid") };
                _upstreams[region] = upstream = new Upstream(options, new PassThroughAuthorizer());
            }
            return upstream;
        }
    }
}
