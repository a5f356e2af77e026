using System.Collections.Immutable;
using Sluice.Core.Pricing;

namespace Sluice.Commands.Price;

/// <summary>
/// The model that a question names: an id, a profile id, a name, or the ARN of a foundation model or of a system inference
/// profile.
/// </summary>
/// <param name="Requested">The words of the question.</param>
/// <param name="Id">The base model id; what was asked for where it isn't known.</param>
/// <param name="Profile">The profile prefix, or null for a bare id.</param>
/// <param name="ArnRegion">The region that an ARN names, or null.</param>
/// <param name="Known">What the catalogue has of it, or null.</param>
/// <param name="Problem">Why it can't be priced at all, or null.</param>
internal sealed record PricedModel(string Requested, string Id, string? Profile, string? ArnRegion, KnownModel? Known, string? Problem)
{
    public static PricedModel Parse(string text, ModelCatalog models)
    {
        var decoded = Uri.UnescapeDataString(text);
        if (!decoded.StartsWith("arn:", StringComparison.Ordinal))
            return Named(text, decoded, null, models);
        var parts = decoded.Split(':', 6);
        var slash = parts.Length == 6 ? parts[5].IndexOf('/') : -1;
        if (slash < 0 || parts[2] != "bedrock")
            return Unusable(text, $"{text} is not the ARN of a Bedrock model.");
        var region = parts[3].Length == 0 ? null : parts[3];
        return parts[5][..slash] switch
        {
            "foundation-model" or "inference-profile" => Named(text, parts[5][(slash + 1)..], region, models),
            var type => Unusable(text, $"The ARN of a resource of type {type} doesn't say which model it stands for. Name the base model, or the profile id that it was made from."),
        };
    }

    private static PricedModel Named(string requested, string name, string? region, ModelCatalog models)
    {
        var dot = name.IndexOf('.');
        var profile = dot > 0 && AwsRegions.IsProfile(name[..dot]) ? name[..dot] : null;
        var id = profile is null ? name : name[(dot + 1)..];
        var known = models.Resolve(id);
        if (known is { Exists: false })
            return new(requested, id, profile, region, known, $"{known.Name} has no price. {known.Note}");
        if (known is null)
            return new(requested, id, profile, region, null, $"The price book doesn't know {requested}.{Nearest(models.Nearest(id))}");
        return new(requested, known.Id, profile, region, known, null);
    }

    private static PricedModel Unusable(string requested, string problem) => new(requested, requested, null, null, null, problem);

    private static string Nearest(ImmutableArray<KnownModel> near) =>
        near.IsEmpty ? " 'sluice price list' shows the models that it knows." : $" Did you mean {string.Join(" or ", near.Select(m => m.Id))}?";
}
