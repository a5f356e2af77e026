using System.Globalization;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Routing;

namespace Sluice.Api;

/// <summary>The body of <c>/api/routes</c>: where routes have sent their calls since the process began.</summary>
internal sealed record RoutesAnswer(IReadOnlyList<RouteAnswer> Routes, IReadOnlyList<CascadeAnswer> Cascades);

/// <param name="Calls">By the candidate's name; the empty name is the model that the caller asked for.</param>
/// <param name="Scores">Calls of the trained router by how hard they are, in tenths of the training's prompts.</param>
/// <param name="Drift">The population stability index of the scores; null for too few.</param>
internal sealed record RouteAnswer(string Route, IReadOnlyDictionary<string, long> Calls, IReadOnlyList<long> Scores, long Unknown, double? Drift, PromptRouterAnswer? PromptRouter, string? Warning);

/// <summary>AWS's prompt routers beside what the route itself would have chosen for the same calls.</summary>
/// <param name="Agreed">Calls for which both chose the same model.</param>
/// <param name="CostUsd">With AWS's fee.</param>
/// <param name="OwnCostUsd">The own choices at the same counts, estimated.</param>
internal sealed record PromptRouterAnswer(long Calls, long Agreed, string CostUsd, string OwnCostUsd, string Verdict);

/// <param name="SingleCostUsd">By the last step's model alone, estimated.</param>
internal sealed record CascadeAnswer(string Route, IReadOnlyList<CascadeStepAnswer> Steps, string CostUsd, string SingleCostUsd, double? BreakEvenPriceRatio, long Unchecked, string? Warning);

internal sealed record CascadeStepAnswer(string Step, long Calls, long Rejected);

/// <summary>Says what became of routes and cascades, and which of them do not pay.</summary>
internal sealed class RouteBoard(RouteWatch routes, CascadeWatch cascades)
{
    /// <summary>The usual reading of a population stability index: above this, things have changed.</summary>
    private const double ChangedDrift = 0.25;

    public RoutesAnswer Answer() => new([.. routes.Shares.Select(Of)], [.. cascades.Shares.Select(Of)]);

    private static RouteAnswer Of(RouteShare share) => new(
        share.Route, share.Calls, share.Scores, share.Unknown, share.Drift, share.PromptRouter is { } router ? Of(router) : null,
        share.Drift > ChangedDrift ? "the traffic is not what the router was trained on; train it again" : null);

    private static PromptRouterAnswer Of(PromptRouterShare share) => new(
        share.Calls, share.Agreed, share.Cost.ToString(), share.OwnCost.ToString(),
        share.OwnCost < share.Cost ? "the route's own choice would have cost less, by estimate" : "it costs no more than the route's own choice, by estimate");

    private static CascadeAnswer Of(CascadeShare share)
    {
        var broken = share.Steps.FirstOrDefault(s => s.IsBroken);
        var warning = broken is not null
            ? string.Create(CultureInfo.InvariantCulture, $"the step '{broken.Step}' is broken: {100 * broken.RejectedShare:0} % of its answers are rejected; take another model or none")
            : share.IsDearer ? "it costs more than its last model alone; switch it off, or find a first step below the break-even price ratio" : null;
        return new CascadeAnswer(
            share.Route, [.. share.Steps.Select(s => new CascadeStepAnswer(s.Step, s.Calls, s.Rejected))],
            share.Cost.ToString(), share.SingleCost.ToString(), share.BreakEvenPriceRatio, share.Unchecked, warning);
    }
}
