using System.Collections.Immutable;
using Sluice.Configuration;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Hosting;

/// <summary>Makes the configured routes ready to choose, with the trained models that they name.</summary>
internal static class RouteChoosers
{
    /// <exception cref="ConfigurationException">A model file can't be read or fits no more.</exception>
    public static ImmutableArray<RouteChooser> Of(ImmutableArray<ModelRoute> routes, PriceBook prices, WarmPlaces places) =>
        [.. routes.Select(route => new RouteChooser(route, route.Router is { } router ? Load(route, "router", router.File, RouterModel.Load) : null, prices, places)
        {
            Scorer = route.Cascade?.Scorer is { } scorer ? Load(route, "scorer", scorer.File, AnswerScorer.Load) : null,
        })];

    private static T Load<T>(ModelRoute route, string what, string file, Func<Stream, T> load)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return load(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RouterModelException)
        {
            throw new ConfigurationException([new(file, 1, 1, $"The {what} of the route '{route.Name}' can't be used: {e.Message}")]);
        }
    }
}
