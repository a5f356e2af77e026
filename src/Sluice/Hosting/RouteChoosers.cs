using System.Collections.Immutable;
using Sluice.Configuration;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Hosting;

/// <summary>Makes the configured routes ready to choose, with the trained models that they name.</summary>
internal static class RouteChoosers
{
    /// <exception cref="ConfigurationException">A model file can't be read or fits no more.</exception>
    public static ImmutableArray<RouteChooser> Of(ImmutableArray<ModelRoute> routes, PriceBook prices, WarmPlaces places) =>
        [.. routes.Select(route => new RouteChooser(route, route.Router is { } router ? Load(route, router) : null, prices, places))];

    private static RouterModel Load(ModelRoute route, RouterOptions options)
    {
        try
        {
            using var stream = File.OpenRead(options.File);
            return RouterModel.Load(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RouterModelException)
        {
            throw new ConfigurationException([new(options.File, 1, 1, $"The router of the route '{route.Name}' can't be used: {e.Message}")]);
        }
    }
}
