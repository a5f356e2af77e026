using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Marking.Drift;
using Sluice.Gateway.Levers.Marking.Normalising;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Point = Sluice.Bedrock.Requests.Outlines.CachePoint;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// Puts cache points where the learner expects them to be worth more than they cost. A caller who places points knows better,
/// so such a request is left alone.
/// </summary>
/// <param name="learner">What is known of prefixes; it outlives a reload of the settings.</param>
/// <param name="prices">The prices.</param>
/// <param name="time">For how long a refusal is remembered.</param>
/// <param name="place">Says where the call will run, since each place has a cache of its own; null where nothing moves calls.</param>
public sealed class MarkLever(PrefixLearner learner, PriceBook prices, TimeProvider time, PlaceLever? place = null) : IRewritingLever
{
    /// <summary>The models for which AWS turned cache points down.</summary>
    private readonly RefusalMemory _refused = new(time);

    public Lever Lever => Lever.Mark;

    public Rewriting? Rewrite(Invocation invocation, out string whyNot)
    {
        var request = invocation.Request;
        var outline = invocation.Outline;
        whyNot = WhyNot(request, outline);
        if (whyNot.Length > 0)
            return null;
        var asked = request.Model!;
        var model = asked.BaseModel!;
        var profile = place is null ? asked.Profile : place.ProfileOf(invocation);
        whyNot = "the model has no caching rule, or the price book lacks its cache prices";
        if (CachingRules.Find(model, invocation.StartedAt) is not { } caching || RulesOf(invocation, profile, caching) is not { } rules)
            return null;
        whyNot = "its blocks can't be told apart";
        var body = request.Body;
        var isNormal = false;
        if (PromptNormaliser.Apply(invocation.Levers.Options.Mark.Normalise, outline, body.Span) is { } edited)
        {
            var normal = invocation.Own(edited).Bytes;
            var normalOutline = invocation.Own(PromptOutline.Read(request.Facts.Dialect, normal.Span));
            if (isNormal = normalOutline.IsComplete)
                (body, outline) = (normal, normalOutline);
        }
        if (Spans(outline, body.Span, caching) is not { } spans)
            return null;

        var partition = new CachePartition(
            invocation.Caller.KeyId ?? "", AppOf(invocation), model, $"{invocation.Upstream.Name}/{invocation.Upstream.Region}", profile ?? "");
        var plan = learner.Plan(partition, spans, rules, invocation.StartedAt);
        var isShadow = invocation.Levers.ModeOf(Lever.Mark) == LeverMode.Shadow;
        var prompt = new MarkedPrompt(partition, outline, body, spans, plan, rules, profile);
        invocation.Effects.WhenSettled(settlement => Learn(invocation, settlement, prompt, isShadow));
        whyNot = plan.Reason;
        // Without a point nothing is read or written, so the body may as well stay as the caller wrote it.
        if (plan.Points.IsEmpty || Marked(invocation, prompt) is not { } marked)
            return null;
        whyNot = "";
        return new Rewriting(marked, isNormal ? plan.Reason + " Its beginning is in normal form." : plan.Reason, Unmark, shape => Mark(shape, plan));
    }

    /// <summary>
    /// Traffic that is alike, as its owner and its callers tell it apart. AWS's cache does not care, so a prefix that two tasks
    /// share is learned twice; but what one task's prompts are worth says nothing of another's.
    /// </summary>
    private static string AppOf(Invocation invocation)
    {
        var app = invocation.Tags.GetValueOrDefault("app", "");
        return invocation.Tags.GetValueOrDefault("task") is { } task ? $"{app}/{task}" : app;
    }

    public void Refused(Invocation invocation, InvocationRequest refused)
    {
        if (invocation.Original.Model?.BaseModel is { } model)
            _refused.Add(model);
    }

    private string WhyNot(InvocationRequest request, PromptOutline outline) => request switch
    {
        { Model.BaseModel: null } or { Model: null } => "the model is not known",
        { Facts.Dialect: Dialect.OpenAi } => "this dialect has no cache points",
        _ when !outline.IsComplete => "the body is not one whose blocks can be told apart",
        _ when outline.CallerPoints > 0 => "the caller places cache points, which win",
        _ when _refused.Has(request.Model!.BaseModel!) => "AWS refused points for this model lately",
        _ => "",
    };

    /// <summary>As if the request had had no cache point: every token is plain input.</summary>
    internal static CallShape Unmark(CallShape shape) => shape with
    {
        Usage = shape.Usage with { Input = shape.Usage.ContextTokens, CacheRead = 0, CacheWrite5m = 0, CacheWrite1h = 0 },
    };

    /// <summary>As the plan expects it to be with its points; never more than there is.</summary>
    private static CallShape Mark(CallShape shape, MarkingPlan plan)
    {
        var usage = shape.Usage;
        var read = Math.Min(plan.ReadTokens, usage.Input);
        var hour = Math.Min(plan.HourWriteTokens, usage.Input - read);
        var write = Math.Min(plan.ShortWriteTokens, usage.Input - read - hour);
        return shape with
        {
            Usage = usage with
            {
                Input = usage.Input - read - hour - write,
                CacheRead = usage.CacheRead + read,
                CacheWrite5m = usage.CacheWrite5m + write,
                CacheWrite1h = usage.CacheWrite1h + hour,
                Source = UsageSource.Estimated,
            },
        };
    }

    private CacheRules? RulesOf(Invocation invocation, string? profile, CachingRule caching)
    {
        var rules = ModelCacheRules.Of(caching, prices, IdentityOf(invocation, profile), invocation.Request.Facts.EstimatedInputTokens, invocation.StartedAt);
        return invocation.Levers.Options.Mark.AllowHour ? rules : rules is null ? null : rules with { HourWriteMultiplier = null };
    }

    private static PromptSpan[]? Spans(PromptOutline outline, ReadOnlySpan<byte> body, CachingRule caching)
    {
        var hashes = new PrefixHash[outline.Blocks.Length];
        // What tells caches apart is in the partition already.
        if (!PrefixHashes.TryCompute(outline, body, [], PrefixForm.AsSent, hashes))
            return null;
        var spans = new PromptSpan[hashes.Length];
        for (var i = 0; i < spans.Length; i++)
        {
            var block = outline.Blocks[i];
            var takesPoint = block.TakesPoint && (caching.TakesTools || block.Section != PromptSection.Tools);
            spans[i] = new PromptSpan(hashes[i].Hash, (int)Math.Min(hashes[i].Tokens, int.MaxValue), takesPoint);
        }
        return spans;
    }

    private static InvocationRequest? Marked(Invocation invocation, MarkedPrompt prompt)
    {
        using var edits = new BodyEdits();
        var points = prompt.Plan.Points.Select(p => new Point(p.Block, p.Lifetime == CacheLifetime.Hour ? CacheLifetimes.OneHour : CacheLifetimes.FiveMinutes)).ToArray();
        if (CachePointEdits.Insert(prompt.Outline, points, edits).Length != points.Length || !edits.TryApply(prompt.Body.Span, out var body))
            return null;
        var lifetimes = points.Aggregate(CacheLifetimes.None, (all, point) => all | point.Lifetime);
        return invocation.Request with { Body = invocation.Own(body).Bytes, Facts = invocation.Request.Facts with { CacheLifetimes = lifetimes } };
    }

    private void Learn(Invocation invocation, Settlement settlement, MarkedPrompt prompt, bool isShadow)
    {
        var record = settlement.Record;
        if (record.Attempts.IsEmpty || record.Error is not null || record.Outcome is not (Outcome.Completed or Outcome.ClientAborted))
            return;
        var (plan, spans) = (prompt.Plan, prompt.Spans);
        if (isShadow)
            learner.Observe(prompt.Partition, spans, plan, prompt.Rules);
        else
            learner.Observe(prompt.Partition, spans, invocation.Effects.IsAbandoned ? MarkingPlan.Of(plan.At) : plan, prompt.Rules, settlement.Final is { IsEstimated: false } measured ? measured.Usage : null);
        if (plan.RecentBlocks < spans.Length && prompt.Outline.Blocks[plan.RecentBlocks].Section != PromptSection.Messages)
        {
            var input = prices.Find(IdentityOf(invocation, prompt.Profile), UsageKind.Input, spans[^1].CumulativeTokens, plan.At);
            learner.Drift.Observe(
                prompt.Outline, prompt.Body.Span,
                new DriftSighting(prompt.Partition, spans, plan.KnownBlocks, plan.RecentBlocks, prompt.Rules, input is null ? null : input.Usd / input.Per, plan.At));
        }
    }

    private static PriceIdentity IdentityOf(Invocation invocation, string? profile)
    {
        var facts = invocation.Request.Facts;
        return new PriceIdentity { Model = invocation.Original.Model!.BaseModel!, Region = invocation.Upstream.Region, Profile = profile, Tier = facts.Tier, LatencyOptimized = facts.LatencyOptimized };
    }

    /// <summary>A prompt as it was planned; all of it lives as long as the invocation.</summary>
    private sealed record MarkedPrompt(
        CachePartition Partition, PromptOutline Outline, ReadOnlyMemory<byte> Body, PromptSpan[] Spans, MarkingPlan Plan, CacheRules Rules, string? Profile);
}
