using System.Collections.Immutable;

namespace Sluice.Core.Pricing;

/// <summary>A model that the price book knows by name, whether or not it has a price.</summary>
/// <param name="Id">The base model id, or blank for a name that was written about and never was a model.</param>
/// <param name="Name">The name that people use, such as <c>Claude Sonnet 4.5</c>.</param>
/// <param name="Provider">Who makes it.</param>
/// <param name="Family">What it is one of, such as <c>Claude Sonnet</c>.</param>
/// <param name="Aliases">Other names for it.</param>
/// <param name="OtherIds">Other ids under which Bedrock or a price list knows the same model.</param>
/// <param name="Note">What one must know about its price, or null.</param>
public sealed record KnownModel(
    string Id, string Name, string Provider, string Family, ImmutableArray<string> Aliases, ImmutableArray<string> OtherIds, string? Note)
{
    /// <summary>False for a name that was published somewhere and never was a model.</summary>
    public bool Exists => Id.Length > 0;

    internal static ImmutableArray<KnownModel> Read(TextReader csv, string name, List<PriceFileError> errors)
    {
        var models = ImmutableArray.CreateBuilder<KnownModel>();
        foreach (var line in new CsvTable(name, errors).Read(csv, "model", "name", "provider", "family", "aliases", "other_ids", "note"))
        {
            models.Add(new KnownModel(
                line.Text("model"), line.RequiredText("name"), line.RequiredText("provider"), line.RequiredText("family"),
                [.. line.Words("aliases")], [.. line.Words("other_ids")], line.OptionalText("note")));
        }
        return models.ToImmutable();
    }
}
