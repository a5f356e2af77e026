using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Routing;

/// <summary>
/// Sends a call to the model that its owner's rules, or a trained router, choose for it. Only where nothing of the request is
/// lost on the way; which model served and why stands in the ledger and in the reply's headers.
/// </summary>
/// <param name="choosers">One for each route; the first whose calls include this one decides.</param>
/// <param name="watch">Told of each choice.</param>
/// <param name="time">For how long a refusal is remembered.</param>
public sealed class RouteLever(ImmutableArray<RouteChooser> choosers, RouteWatch watch, TimeProvider time) : IRewritingLever
{
    private readonly RefusalMemory _refused = new(time);

    public Lever Lever => Lever.Route;

    public Rewriting? Rewrite(Invocation invocation, out string whyNot)
    {
        whyNot = "no route is for this call";
        if (ChooserOf(invocation) is not { } chooser)
            return null;
        whyNot = ModelPlace.WhyFixed(invocation.Request) ?? "";
        if (invocation.Request.Model is not { } asked || whyNot.Length > 0)
            return null;

        using var traits = new RequestTraits(invocation);
        var choice = chooser.Choose(invocation, traits, IsRefused);
        watch.Note(chooser.Route, choice);
        invocation.Effects.WhenSettled(settlement => chooser.Note(invocation, settlement));
        whyNot = choice.Why;
        if (choice.CascadeStep is { } step && invocation.Levers.ModeOf(Lever.Route) == LeverMode.On)
            (invocation.Cascade ??= new CascadeRun(chooser.Route, chooser.Scorer)).GoTo(step);
        else if (choice.CascadeStep is null)
            invocation.Cascade?.End();
        if (choice.Candidate is not { } candidate || candidate.Model.Raw == asked.Raw)
            return null;
        whyNot = "";
        if (candidate.IsPromptRouter && invocation.Levers.ModeOf(Lever.Route) == LeverMode.On && chooser.OwnChoice(invocation, traits, IsRefused) is { } own)
            invocation.Effects.WhenSettled(settlement => Compare(chooser, invocation, own, settlement));
        if (ModelPlace.Put(invocation, candidate.Model) is not { } request)
            return null;
        var before = RouteChooser.IdentityOf(asked, invocation);
        var after = RouteChooser.IdentityOf(candidate.Model, invocation);
        return new Rewriting(request, $"{candidate.Name} by {choice.Why}", shape => At(shape, before.Model, before.Profile), shape => At(shape, after.Model, after.Profile));
    }

    private bool IsRefused(RouteCandidate candidate) => _refused.Has(candidate.Model.Raw);

    private void Compare(RouteChooser chooser, Invocation invocation, ModelIdentifier own, Settlement settlement)
    {
        // Where the call went back to its caller's model there is no choice of AWS to compare.
        if (!invocation.Effects.IsAbandoned && settlement is { Record: { Outcome: Outcome.Completed, Cost: { } cost }, Final: { } final } && chooser.CostAt(own, invocation, final) is { } ownCost)
            watch.Compare(chooser.Route, final.Identity.Model == own.BaseModel, cost, ownCost);
    }

    /// <summary>The route of a call, or null where there is none.</summary>
    public RouteChooser? ChooserOf(Invocation invocation)
    {
        foreach (var chooser in choosers)
        {
            if (chooser.Route.Scope.Matches(invocation.Tags, invocation.Caller.KeyId, invocation.Request.Model?.Raw))
                return chooser;
        }
        return null;
    }

    public void Refused(Invocation invocation, InvocationRequest refused)
    {
        if (refused.Model is { } model)
            _refused.Add(model.Raw);
    }

    /// <summary>
    /// The same counts at another model's prices. Models count and write differently, so this is an estimate; how good it is
    /// shows against the control group. A model that is not known has no price, and then the saving is unknown.
    /// </summary>
    private static CallShape At(CallShape shape, string model, string? profile) => shape with
    {
        Identity = shape.Identity with { Model = model, Profile = profile },
        // Another model's price has no prompt router's fee.
        Usage = shape.Usage with { Source = UsageSource.Estimated, Units = [.. shape.Usage.Units.Where(u => u.Kind != UsageKind.RouterRequest)] },
    };
}
