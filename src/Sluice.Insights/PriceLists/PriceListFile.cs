using System.Text.Json;
using Sluice.Core.Pricing;

namespace Sluice.Insights.PriceLists;

/// <summary>Reads price lists of others: LiteLLM's, models.dev's and AWS's own.</summary>
public static class PriceListFile
{
    /// <param name="content">The file's JSON.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">It isn't one of the lists that can be read.</exception>
    public static IReadOnlyList<StatedPrice> Read(Stream content, string name)
    {
        List<StatedPrice>? prices;
        try
        {
            using var document = JsonDocument.Parse(content);
            prices = Form(document.RootElement)?.ToList();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{name}' isn't JSON: {e.Message}", e);
        }
        return prices is { Count: > 0 } ? prices : throw new InvalidDataException(
            $"'{name}' has no prices of Bedrock in a form that is known: LiteLLM's model_prices_and_context_window.json, the JSON of models.dev, or AWS's price list (an offer's index.json, or an answer of GetProducts).");
    }

    /// <summary>The field of an object that is an object too; null for anything else.</summary>
    internal static JsonElement? Object(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static IEnumerable<StatedPrice>? Form(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return null;
        if (Object(root, "products") is { } products && Object(root, "terms") is { } terms)
            return AwsPriceList.OfOffer(products, terms);
        if (root.TryGetProperty("PriceList", out var answers) && answers.ValueKind == JsonValueKind.Array)
            return AwsPriceList.OfAnswer(answers);
        var provider = Object(root, "amazon-bedrock") ?? root;
        var models = Object(provider, "models") ?? provider;
        var entries = models.EnumerateObject().Where(e => e.Value.ValueKind == JsonValueKind.Object).ToList();
        return entries.Exists(e => LiteLlmList.Raw(e.Value) is not null) ? LiteLlmList.Read(entries)
            : entries.Exists(e => ModelsDevList.Cost(e.Value) is not null) ? ModelsDevList.Read(entries)
            : null;
    }

    /// <summary>Prices stand in lists as binary fractions; twelve decimals bring back what was meant.</summary>
    internal static decimal? Exact(JsonElement number) =>
        number.ValueKind == JsonValueKind.Number && number.TryGetDecimal(out var value) ? decimal.Round(value, 12) : null;

    /// <summary>Takes the profile off the front of an id.</summary>
    internal static string BaseId(string id, out string? profile)
    {
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        profile = dot > 0 && AwsRegions.IsProfile(id[..dot]) ? id[..dot] : null;
        return profile is null ? id : id[(dot + 1)..];
    }
}
