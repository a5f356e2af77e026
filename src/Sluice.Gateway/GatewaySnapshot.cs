using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway;

/// <summary>Sends the models that match a pattern to one upstream; the first route that matches wins.</summary>
/// <param name="Models">A model identifier, in which <c>*</c> stands for any run of characters.</param>
public sealed record Route(string Models, Upstream Upstream)
{
    public bool Matches(ModelIdentifier? model) => model is not null
        && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(Models, model.Raw, ignoreCase: true);
}

/// <summary>One configuration, compiled. It never changes; a reload makes another.</summary>
public sealed record GatewaySnapshot
{
    public required Pipeline Pipeline { get; init; }

    /// <summary>Who needs a key; null is the default rule. Calls and the HTTP API both follow it.</summary>
    public AuthMode? Auth { get; init; }

    /// <summary>Turns away who may not call before the body is read; null for a replay, which listens to nobody.</summary>
    public Stages.Identifying.IdentifyStage? Door { get; init; }

    /// <summary>Further names by which local programs may call the gateway without a key.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    public UnknownOperations UnknownOperations { get; init; }

    public required Upstream DefaultUpstream { get; init; }

    public IReadOnlyList<Route> Routes { get; init; } = [];

    /// <summary>Default 32 MB: Bedrock takes 25,000,000 bytes, which base64 and JSON may enlarge.</summary>
    public long MaxRequestBodyBytes { get; init; } = 32 * 1024 * 1024;

    public Stages.Budgeting.BudgetBook? Budgets { get; init; }

    /// <summary>All that calls may go to by default or by a route.</summary>
    public IEnumerable<Upstream> Upstreams => Routes.Select(r => r.Upstream).Prepend(DefaultUpstream).Distinct();

    public Upstream UpstreamFor(ModelIdentifier? model)
    {
        foreach (var route in Routes)
        {
            if (route.Matches(model))
                return route.Upstream;
        }
        return DefaultUpstream;
    }
}

/// <summary>Holds the snapshot that new requests get.</summary>
public sealed class GatewaySnapshots(GatewaySnapshot first)
{
    private volatile GatewaySnapshot _current = first;

    public GatewaySnapshot Current => _current;

    public void Replace(GatewaySnapshot next) => _current = next;
}
