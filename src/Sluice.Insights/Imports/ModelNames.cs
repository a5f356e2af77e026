using Sluice.Core.Pricing;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports;

/// <summary>The model that a model id means, in any of the forms in which AWS writes one.</summary>
internal static class ModelNames
{
    /// <summary>Puts a Bedrock model id, or the ARN of a model or profile, into a facet: model, family, developer and scope.</summary>
    public static CostFacet OfBedrock(CostFacet facet, string modelId)
    {
        var id = modelId.StartsWith("arn:", StringComparison.Ordinal) ? modelId[(modelId.LastIndexOf('/') + 1)..] : modelId;
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        var profile = dot > 0 && AwsRegions.IsProfile(id[..dot]) ? id[..dot] : "";
        var bare = profile.Length > 0 ? id[(dot + 1)..] : id;
        return Of(facet, bare) with { Scope = profile == "global" ? "global" : "regional" };
    }

    /// <summary>Puts a model by a provider's own name into a facet; what the price book doesn't know keeps that name.</summary>
    public static CostFacet Of(CostFacet facet, string name)
    {
        var known = name.Length == 0 ? null : Find(name);
        return facet with { Model = known?.Id ?? name, Family = known?.Family ?? facet.Family, Developer = known?.Provider ?? facet.Developer };
    }

    /// <summary>Makers date their models (<c>claude-sonnet-4-20250514</c>), and Bedrock puts a revision behind the date.</summary>
    private static KnownModel? Find(string name)
    {
        var models = PriceBook.Default.Models;
        if (models.Resolve(name) is { Exists: true } model)
            return model;
        var isDated = name.Length > 9 && name[^9] == '-' && name.AsSpan(name.Length - 8).IndexOfAnyExceptInRange('0', '9') < 0;
        return isDated ? models.All.FirstOrDefault(m => m.Id.Contains("." + name, StringComparison.Ordinal)) : null;
    }
}
