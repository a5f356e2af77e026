using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;
using Point = Sluice.Bedrock.Requests.Outlines.CachePoint;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// Puts cache points where the learner expects them to be worth more than they cost. A caller who places points knows better,
/// so such a request is left alone.
/// </summary>
public sealed class MarkLever(PrefixLearner learner, PriceBook prices, TimeProvider time) : IRewritingLever
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
        whyNot = "the model has no caching rule, or the price book lacks its cache prices";
        if (CachingRules.Find(model, invocation.StartedAt) is not { } caching || RulesOf(invocation, asked.Profile, caching) is not { } rules)
            return null;
        whyNot = "its blocks can't be told apart";
        if (Spans(outline, request.Body.Span, caching) is not { } spans)
            return null;

        var partition = new CachePartition(
            invocation.Caller.KeyId ?? "", invocation.Caller.Tags.GetValueOrDefault("app", ""), model, $"{invocation.Upstream.Name}/{invocation.Upstream.Region}", asked.Profile ?? "");
        var plan = learner.Plan(partition, spans, rules, invocation.StartedAt);
        var isShadow = invocation.Levers.ModeOf(Lever.Mark) == LeverMode.Shadow;
        invocation.Effects.WhenSettled(settlement => Learn(invocation, settlement, partition, spans, plan, rules, isShadow));
        whyNot = plan.Reason;
        if (plan.Points.IsEmpty || Marked(invocation, outline, plan) is not { } marked)
            return null;
        whyNot = "";
        return new Rewriting(marked, plan.Reason, Unmark, shape => Mark(shape, plan));
    }

    public void Refused(Invocation invocation)
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
        var facts = invocation.Request.Facts;
        var identity = new PriceIdentity { Model = invocation.Request.Model!.BaseModel!, Region = invocation.Upstream.Region, Profile = profile, Tier = facts.Tier, LatencyOptimized = facts.LatencyOptimized };
        var rules = ModelCacheRules.Of(caching, prices, identity, facts.EstimatedInputTokens, invocation.StartedAt);
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

    private static InvocationRequest? Marked(Invocation invocation, PromptOutline outline, MarkingPlan plan)
    {
        using var edits = new BodyEdits();
        var points = plan.Points.Select(p => new Point(p.Block, p.Lifetime == CacheLifetime.Hour ? CacheLifetimes.OneHour : CacheLifetimes.FiveMinutes)).ToArray();
        if (CachePointEdits.Insert(outline, points, edits).Length != points.Length || !edits.TryApply(invocation.Request.Body.Span, out var body))
            return null;
        var lifetimes = points.Aggregate(CacheLifetimes.None, (all, point) => all | point.Lifetime);
        return invocation.Request with { Body = invocation.Own(body).Bytes, Facts = invocation.Request.Facts with { CacheLifetimes = lifetimes } };
    }

    private void Learn(Invocation invocation, Settlement settlement, CachePartition partition, PromptSpan[] spans, MarkingPlan plan, CacheRules rules, bool isShadow)
    {
        var record = settlement.Record;
        if (record.Attempts.IsEmpty || record.Error is not null || record.Outcome is not (Outcome.Completed or Outcome.ClientAborted))
            return;
        if (isShadow)
            learner.Observe(partition, spans, plan, rules);
        else
            learner.Observe(partition, spans, invocation.Effects.IsAbandoned ? MarkingPlan.Of(plan.At) : plan, rules, settlement.Final is { IsEstimated: false } measured ? measured.Usage : null);
    }
}
