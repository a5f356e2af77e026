using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Lab.Replays.Searching;

/// <summary>One setting that may save, as the search tries it.</summary>
/// <param name="Name">In words, as it would be set.</param>
/// <param name="GivesUp">What it takes.</param>
/// <param name="Apply">Turns it on, over what is set already.</param>
public sealed record Setting(string Name, Lever Lever, GivenUp GivesUp, Func<LeverOptions, LeverOptions> Apply)
{
    /// <summary>The settings that matter, in the order in which they are tried: what costs nothing first, then by the order of the pipeline.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("recall: on", Lever.Recall, GivenUp.Nothing, o => o.With(Lever.Recall, LeverMode.On)),
        new("coalesce: on", Lever.Coalesce, GivenUp.Nothing, o => o.With(Lever.Coalesce, LeverMode.On)),
        new("output: on", Lever.Output, GivenUp.Nothing, o => o.With(Lever.Output, LeverMode.On)),
        new("mark: on", Lever.Mark, GivenUp.Nothing, o => (o with { Mark = o.Mark with { AllowHour = true } }).With(Lever.Mark, LeverMode.On)),
        new("mark: five minutes only", Lever.Mark, GivenUp.Nothing, o => (o with { Mark = o.Mark with { AllowHour = false } }).With(Lever.Mark, LeverMode.On)),
        new("trim: on, links kept", Lever.Trim, GivenUp.Form, o => (o with { Trim = o.Trim with { KeepUrls = true } }).With(Lever.Trim, LeverMode.On)),
        new("trim: on", Lever.Trim, GivenUp.Form, o => (o with { Trim = o.Trim with { KeepUrls = false } }).With(Lever.Trim, LeverMode.On)),
        new("place: any region", Lever.Place, GivenUp.Residency, o => (o with { Place = o.Place with { AnyRegion = true } }).With(Lever.Place, LeverMode.On)),
        new("place: standard latency", Lever.Place, GivenUp.Latency, o => (o with { Place = o.Place with { StandardLatency = true } }).With(Lever.Place, LeverMode.On)),
        new("place: flex tier", Lever.Place, GivenUp.Latency, o => (o with { Place = o.Place with { Tier = ServiceTier.Flex } }).With(Lever.Place, LeverMode.On)),
        new("recall: sampled calls too", Lever.Recall, GivenUp.Freshness, o => (o with { Recall = o.Recall with { Sampled = true } }).With(Lever.Recall, LeverMode.On)),
        new("coalesce: sampled calls too", Lever.Coalesce, GivenUp.Freshness, o => (o with { Coalesce = o.Coalesce with { Sampled = true } }).With(Lever.Coalesce, LeverMode.On)),
    ];
}
