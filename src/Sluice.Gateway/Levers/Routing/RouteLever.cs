using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
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
        whyNot = "the operation has no model in its path that could be another";
        if (invocation.Request.Model is not { } asked || !invocation.Request.Target.StartsWith("/model/", StringComparison.Ordinal))
            return null;

        var choice = chooser.Choose(invocation, new RequestTraits(invocation), candidate => _refused.Has(candidate.Model.Raw));
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
        var rest = invocation.Request.Target.IndexOf('/', "/model/".Length);
        var request = invocation.Request with
        {
            Model = candidate.Model,
            Target = $"/model/{Uri.EscapeDataString(candidate.Model.Raw)}{invocation.Request.Target[rest..]}",
        };
        var before = RouteChooser.IdentityOf(asked, invocation);
        var after = RouteChooser.IdentityOf(candidate.Model, invocation);
        return new Rewriting(request, $"{candidate.Name} by {choice.Why}", shape => At(shape, before.Model, before.Profile), shape => At(shape, after.Model, after.Profile));
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
        Usage = shape.Usage with { Source = UsageSource.Estimated },
    };
}
