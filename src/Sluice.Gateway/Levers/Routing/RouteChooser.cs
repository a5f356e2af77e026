using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sluice.Bedrock.Operations;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Levers.Routing;

/// <summary>What a candidate would mean for a call.</summary>
/// <param name="Cost">Estimated, with what is warm in its prompt cache; null where a price is not known.</param>
/// <param name="WhyNot">Why it may not serve the call; null where it may.</param>
public sealed record RouteOffer(RouteCandidate Candidate, Money? Cost, string? WhyNot)
{
    /// <summary>
    /// The most that it may cost, where it is a prompt router, which chooses for itself: then <see cref="Cost"/> is the least. Both
    /// have its fee.
    /// </summary>
    public Money? MostCost { get; init; }
}

/// <summary>Where a call goes.</summary>
/// <param name="Candidate">Null for the model that its caller asked for.</param>
/// <param name="Why">The rule that fired and what came of it, in plain words; nothing of the prompt.</param>
/// <param name="Score">What the trained model said, where a rule asked it.</param>
public sealed record RouteChoice(RouteCandidate? Candidate, string Why, RouterScore? Score)
{
    /// <summary>The step of the route's cascade that this is, counted from 0; null outside of a cascade.</summary>
    public int? CascadeStep { get; init; }
}

/// <summary>
/// Chooses among a route's candidates: the first rule that fits, not below the floor, the next higher tier where a candidate
/// may not serve the call, and a dearer one where its warm cache makes it the cheaper.
/// </summary>
/// <param name="route">The candidates and rules.</param>
/// <param name="router">The model that the route's options name; null where they name none.</param>
/// <param name="prices">What candidates cost.</param>
/// <param name="places">What is known of warm caches.</param>
public sealed class RouteChooser(ModelRoute route, RouterModel? router, PriceBook prices, WarmPlaces places)
{
    /// <summary>Tokens of a reply of which nothing is known, to compare prices by.</summary>
    internal const long SupposedOutputTokens = 300;

    private static readonly Usage RouterFee = new() { Units = [new UnitCount(UsageKind.RouterRequest, 1)] };

    public ModelRoute Route => route;

    /// <summary>The scorer that the options of the route's cascade name; null where they name none.</summary>
    public AnswerScorer? Scorer { get; init; }

    /// <param name="invocation">As the levers before left it.</param>
    /// <param name="traits">Of that invocation.</param>
    /// <param name="isRefused">Whether AWS turned a model down lately.</param>
    public RouteChoice Choose(Invocation invocation, RequestTraits traits, Func<RouteCandidate, bool> isRefused)
    {
        if (invocation.Budgets is { IsEmpty: false } budgets)
        {
            var demand = traits.Demand;
            var asked = isRefused;
            // A budget's word on models is as good as AWS's.
            isRefused = candidate => asked(candidate) || budgets.Forbids(demand, candidate.Model.BaseModel ?? candidate.Model.Raw) is not null;
            if (invocation.Cascade is null && budgets.Cheaper(demand) is { } cheaper && Cheapest(invocation, traits, isRefused) is { } least)
                return new RouteChoice(least, $"the budget {cheaper.Title}, of which {cheaper.Percent} % are used, takes the cheapest", null);
            if (budgets.Forbids(demand, demand.Model) is { } forbids && Cheapest(invocation, traits, isRefused) is { } other)
                return new RouteChoice(other, $"the budget {forbids.Title}, of which {forbids.Percent} % are used, forbids the model that was asked for", null);
        }
        var number = 0;
        foreach (var rule in route.Rules)
        {
            number++;
            if (rule.Fits(traits))
                return Choose(rule, string.Create(CultureInfo.InvariantCulture, $"rule {number} ({rule})"), invocation, traits, isRefused);
        }
        return new RouteChoice(null, "no rule fits", null);
    }

    /// <summary>The first candidate, not below the floor, that may serve the call; null where none may.</summary>
    private RouteCandidate? Cheapest(Invocation invocation, RequestTraits traits, Func<RouteCandidate, bool> isRefused)
    {
        var lowest = route.Floor is { } floor ? Math.Max(0, route.IndexOf(floor)) : 0;
        return route.Candidates.Skip(lowest).FirstOrDefault(c => !isRefused(c) && Eligibility.WhyNot(c.Model, invocation, traits) is null);
    }

    /// <summary>Every candidate, for an explanation.</summary>
    public ImmutableArray<RouteOffer> Offers(Invocation invocation, RequestTraits traits) =>
        [.. route.Candidates.Select(c => c.IsPromptRouter ? RouterOffer(c, invocation, traits) : new RouteOffer(c, CostOf(c.Model, invocation), Eligibility.WhyNot(c.Model, invocation, traits)))];

    /// <summary>
    /// What would serve the call if no prompt router of AWS were there: the trained router's choice where the route has one, and else the
    /// next rule's. Null where that is a prompt router again.
    /// </summary>
    internal ModelIdentifier? OwnChoice(Invocation invocation, RequestTraits traits, Func<RouteCandidate, bool> isRefused)
    {
        var choice = new RouteChoice(null, "", null);
        if (router is not null)
            choice = Choose(new RouteRule { Use = RouteRule.Router }, "", invocation, traits, isRefused);
        else if (route.Rules.FirstOrDefault(rule => !(route.IndexOf(rule.Use) is var place and >= 0 && route.Candidates[place].IsPromptRouter) && rule.Fits(traits)) is { } other)
            choice = Choose(other, "", invocation, traits, isRefused);
        return choice.Candidate is not { } candidate ? invocation.Request.Model : candidate.IsPromptRouter ? null : candidate.Model;
    }

    /// <summary>What a model would have cost for what another one used; null where it is not known.</summary>
    internal Money? CostAt(ModelIdentifier model, Invocation invocation, CallShape final) =>
        prices.Price(final.Identity with { Model = model.BaseModel ?? "", Profile = model.Profile }, final.Usage with { Units = [.. final.Usage.Units.Where(u => u.Kind != UsageKind.RouterRequest)] }, invocation.StartedAt).Total;

    private RouteOffer RouterOffer(RouteCandidate candidate, Invocation invocation, RequestTraits traits)
    {
        var fee = prices.Price(new PriceIdentity { Model = candidate.Between.FirstOrDefault()?.BaseModel ?? "", Region = candidate.Model.Region ?? invocation.Upstream.Region }, RouterFee, invocation.StartedAt).Total;
        var costs = candidate.Between.Select(model => CostOf(model, invocation) + fee).ToList();
        var isKnown = costs.Count > 0 && costs.TrueForAll(c => c is not null);
        return new RouteOffer(candidate, isKnown ? costs.Min() : null, Eligibility.WhyNot(candidate.Model, invocation, traits)) { MostCost = isKnown ? costs.Max() : null };
    }

    private RouteChoice Choose(RouteRule rule, string why, Invocation invocation, RequestTraits traits, Func<RouteCandidate, bool> isRefused)
    {
        if (rule.Use.Equals(RouteRule.Asked, StringComparison.OrdinalIgnoreCase))
            return new RouteChoice(null, why, null);
        if (rule.Use.Equals(RouteRule.Cascade, StringComparison.OrdinalIgnoreCase))
            return NextStep(why, invocation, traits, isRefused);
        RouterScore? score = null;
        var name = rule.Use;
        if (rule.Use.Equals(RouteRule.Router, StringComparison.OrdinalIgnoreCase))
        {
            (name, var said, score) = Ask(traits);
            why = $"{why}: {said}";
        }
        var wanted = route.IndexOf(name);
        if (route.Floor is { } floor && route.IndexOf(floor) is var lowest && wanted < lowest)
            (wanted, why) = (lowest, $"{why}, raised to the floor");
        var index = wanted;
        string? obstacle = null;
        for (; index < route.Candidates.Length; index++)
        {
            var whyNot = isRefused(route.Candidates[index]) ? "AWS refused it lately, or a budget forbids it" : Eligibility.WhyNot(route.Candidates[index].Model, invocation, traits);
            if (whyNot is null)
                break;
            obstacle ??= $"{route.Candidates[index].Name} is out: {whyNot}";
        }
        if (obstacle is not null)
            why = $"{why}; {obstacle}";
        if (index == route.Candidates.Length)
            return new RouteChoice(null, why, score);
        var warm = Warmer(index, invocation, traits, isRefused);
        return warm == index
            ? new RouteChoice(route.Candidates[index], why, score)
            : new RouteChoice(route.Candidates[warm], $"{why}; stays at {route.Candidates[warm].Name}, whose cache is warm", score);
    }

    /// <summary>The first step of the cascade, from where the call has come to, that may serve it.</summary>
    private RouteChoice NextStep(string why, Invocation invocation, RequestTraits traits, Func<RouteCandidate, bool> isRefused)
    {
        var steps = route.Cascade!.Steps;
        for (var step = invocation.Cascade?.Step ?? 0; step < steps.Length; step++)
        {
            var candidate = route.Candidates[route.IndexOf(steps[step])];
            if (!isRefused(candidate) && Eligibility.WhyNot(candidate.Model, invocation, traits) is null)
                return new RouteChoice(candidate, string.Create(CultureInfo.InvariantCulture, $"{why}: cascade step {step + 1}"), null) { CascadeStep = step };
        }
        return new RouteChoice(null, $"{why}: no step of the cascade may serve it", null);
    }

    /// <summary>The strong candidate for what the model finds hard, and for what it can't judge.</summary>
    private (string Name, string Said, RouterScore Score) Ask(RequestTraits traits)
    {
        var options = route.Router ?? throw new InvalidOperationException("A rule hands calls to a router that the route does not have.");
        var score = router!.Score(Encoding.UTF8.GetBytes(traits.UserTexts), traits.Task);
        var share = options.StrongShare ?? router.ShareForQuality(options.QualityFloor ?? 1, traits.Task is not null) ?? 1;
        var said = score.IsKnown
            ? string.Create(CultureInfo.InvariantCulture, $"gain {score.Gain:0.00}, harder than {100 * (1 - score.StrongShare):0} % of calls")
            : "too little of the prompt is known to judge";
        return (score.PrefersStrong(share) ? options.Strong : options.Weak, said, score);
    }

    /// <summary>A higher tier that costs less because the conversation's cache is warm there; else the one that was chosen.</summary>
    private int Warmer(int chosen, Invocation invocation, RequestTraits traits, Func<RouteCandidate, bool> isRefused)
    {
        var best = chosen;
        Money? least = null;
        for (var i = chosen + 1; i < route.Candidates.Length; i++)
        {
            var candidate = route.Candidates[i];
            // Seldom is anything warm, and prices take longer than rules, so they are asked last.
            if (WarmAt(candidate.Model, invocation).Tokens == 0 || isRefused(candidate) || Eligibility.WhyNot(candidate.Model, invocation, traits) is not null)
                continue;
            least ??= CostOf(route.Candidates[chosen].Model, invocation);
            if (CostOf(candidate.Model, invocation) is { } cost && cost < least)
                (best, least) = (i, cost);
        }
        return best;
    }

    private Money? CostOf(ModelIdentifier model, Invocation invocation)
    {
        if (model.BaseModel is not { } known)
            return null;
        var facts = invocation.Request.Facts;
        var warm = Math.Min(WarmAt(model, invocation).Tokens, facts.EstimatedInputTokens);
        var usage = new Usage
        {
            Input = facts.EstimatedInputTokens - warm,
            CacheRead = warm,
            Output = Math.Min(facts.MaxTokens ?? SupposedOutputTokens, SupposedOutputTokens),
            Source = UsageSource.Estimated,
        };
        return prices.Price(IdentityOf(model, invocation), usage, invocation.StartedAt).Total;
    }

    /// <summary>What is warm of the call at a candidate: where it would run, or at the global profile that the place lever moves calls to.</summary>
    private Warmth WarmAt(ModelIdentifier model, Invocation invocation)
    {
        if (model.BaseModel is not { } known || invocation.Levers.Conversation is null)
            return default;
        var prompt = PlacedPrompt.Of(invocation, known, model.Profile);
        var (here, global) = (prompt.WarmAt(places, invocation, model.Profile), prompt.WarmAt(places, invocation, "global"));
        return here.Tokens >= global.Tokens ? here : global;
    }

    /// <summary>Learns where the call's cache is warm now.</summary>
    internal void Note(Invocation invocation, Settlement settlement)
    {
        if (settlement is { Record.Outcome: Outcome.Completed or Outcome.ClientAborted, Final: { IsEstimated: false } final })
            PlacedPrompt.Of(invocation, final.Identity.Model, final.Identity.Profile).Note(places, invocation, final);
    }

    internal static PriceIdentity IdentityOf(ModelIdentifier model, Invocation invocation) => new()
    {
        Model = model.BaseModel ?? "",
        Region = model.Region ?? invocation.Upstream.Region,
        Profile = model.Profile,
        Tier = invocation.Request.Facts.Tier,
        LatencyOptimized = invocation.Request.Facts.LatencyOptimized,
    };
}
