using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Routing;

/// <summary>A model that may serve a route's calls.</summary>
/// <param name="Name">What rules call it.</param>
/// <param name="Model">A model id, an inference profile or a prompt router, as it would stand in a request.</param>
public sealed record RouteCandidate(string Name, ModelIdentifier Model)
{
    /// <summary>AWS's own default routers and what they choose between, by public examples of their traces.</summary>
    private static readonly Dictionary<string, string[]> DefaultRouters = new(StringComparer.Ordinal)
    {
        ["anthropic.claude:1"] = ["anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-5-sonnet-20240620-v1:0"],
        ["meta.llama:1"] = ["meta.llama3-1-8b-instruct-v1:0", "meta.llama3-1-70b-instruct-v1:0"],
    };

    private readonly ImmutableArray<ModelIdentifier> _between = [];

    /// <summary>AWS chooses the model by itself, and charges a fee for it.</summary>
    public bool IsPromptRouter => Model.Kind is ModelIdentifierKind.PromptRouter or ModelIdentifierKind.DefaultPromptRouter;

    /// <summary>Of a prompt router: the models that it chooses between, where they are known.</summary>
    public ImmutableArray<ModelIdentifier> Between
    {
        get => !_between.IsEmpty || !IsPromptRouter ? _between
            : DefaultRouters.TryGetValue(Model.ResourceId, out var models) ? [.. models.Select(ModelIdentifier.Parse)] : [];
        init => _between = value;
    }

    public bool Equals(RouteCandidate? other) => other is not null && Name == other.Name && Model == other.Model;

    public override int GetHashCode() => HashCode.Combine(Name, Model);
}

/// <summary>
/// Which models may serve some calls, and which of them serves which. The first rule that fits a call decides; where none
/// does, the call goes to the model that its caller asked for.
/// </summary>
public sealed record ModelRoute
{
    /// <summary>The calls that the route is for.</summary>
    public required LeverScope Scope { get; init; }

    /// <summary>What reports call it: what the configuration says, or the calls that it is for.</summary>
    public required string Name { get; init; }

    /// <summary>By tiers, cheapest first.</summary>
    public required ImmutableArray<RouteCandidate> Candidates { get; init; }

    /// <summary>The lowest tier that may serve, whatever a rule or a caller says; null for the first.</summary>
    public string? Floor { get; init; }

    public ImmutableArray<RouteRule> Rules { get; init; } = [];

    /// <summary>The trained model that rules hand calls to with <c>use: router</c>; null for none.</summary>
    public RouterOptions? Router { get; init; }

    /// <summary>The cascade that rules hand calls to with <c>use: cascade</c>; null for none.</summary>
    public CascadeOptions? Cascade { get; init; }

    /// <summary>The place of a candidate; -1 for a name that there is none of.</summary>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Candidates.Length; i++)
        {
            if (Candidates[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return i;
        }
        return -1;
    }
}

/// <summary>How a trained router decides between two candidates.</summary>
/// <param name="File">The model file that <c>sluice router train</c> wrote.</param>
/// <param name="StrongShare">The share of calls, from 0 to 1, that are to go to the stronger one; null where <paramref name="QualityFloor"/> says it.</param>
/// <param name="QualityFloor">The score, from 0 to 1, that is to be kept on average; null where <paramref name="StrongShare"/> says it.</param>
/// <param name="Weak">The candidate for what the model finds easy.</param>
/// <param name="Strong">The candidate for the rest.</param>
public sealed record RouterOptions(string File, double? StrongShare, double? QualityFloor, string Weak, string Strong);
