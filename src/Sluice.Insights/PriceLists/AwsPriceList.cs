using System.Globalization;
using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Imports.Cur;

namespace Sluice.Insights.PriceLists;

/// <summary>AWS's price list: whole offers as they lie in public, and answers of GetProducts, whose products are JSON in a text.</summary>
internal static class AwsPriceList
{
    private const decimal Million = 1_000_000m;

    public static IEnumerable<StatedPrice> OfOffer(JsonElement products, JsonElement terms)
    {
        if (PriceListFile.Object(terms, "OnDemand") is not { } onDemand)
            yield break;
        foreach (var product in products.EnumerateObject())
        {
            if (PriceListFile.Object(product.Value, "attributes") is { } attributes && PriceListFile.Object(onDemand, product.Name) is { } offers)
            {
                foreach (var price in Of(attributes, offers))
                    yield return price;
            }
        }
    }

    public static IEnumerable<StatedPrice> OfAnswer(JsonElement answers)
    {
        foreach (var answer in answers.EnumerateArray())
        {
            using var text = answer.ValueKind == JsonValueKind.String ? JsonDocument.Parse(answer.GetString()!) : null;
            var item = text?.RootElement ?? answer;
            if (PriceListFile.Object(item, "product") is { } product && PriceListFile.Object(product, "attributes") is { } attributes
                && PriceListFile.Object(item, "terms") is { } terms && PriceListFile.Object(terms, "OnDemand") is { } offers)
            {
                foreach (var price in Of(attributes, offers))
                    yield return price;
            }
        }
    }

    private static IEnumerable<StatedPrice> Of(JsonElement attributes, JsonElement offers)
    {
        if (Text(attributes, "usagetype") is not { } usageType)
            yield break;
        var usage = UsageType.Parse(usageType);
        var name = usage.IsMarketplace ? Text(attributes, "servicename") : usage.ModelKey.Length > 0 ? usage.ModelKey : Text(attributes, "model");
        var model = BilledModels.Find(name ?? "") ?? BilledModels.Find(Text(attributes, "model") ?? "");
        foreach (var dimension in offers.EnumerateObject().Select(o => PriceListFile.Object(o.Value, "priceDimensions")).OfType<JsonElement>().SelectMany(d => d.EnumerateObject()))
        {
            if (PriceListFile.Object(dimension.Value, "pricePerUnit") is not { } prices || Text(prices, "USD") is not { } text
                || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd) || usd == 0)
            {
                continue;
            }
            yield return new StatedPrice
            {
                Id = usageType,
                Identity = new PriceIdentity
                {
                    Model = model?.Id ?? name ?? "",
                    Region = Text(attributes, "regionCode") ?? usage.Region,
                    Profile = usage.IsGlobal ? "global" : null,
                    Tier = usage.Tier,
                    Batch = usage.IsBatch,
                    LatencyOptimized = usage.IsLatencyOptimized,
                },
                Kind = usage.UnknownTail.Length == 0 ? usage.Kind : null,
                KindName = usage.UnknownTail.Length == 0 && usage.Kind is { } kind ? kind.Name() : usageType,
                ContextTokens = usage.IsLongContext ? long.MaxValue : 0,
                UsdPerUnit = usd / UnitsOf(Text(dimension.Value, "unit"), usage.Kind),
            };
        }
    }

    /// <summary>The Marketplace calls a million tokens a unit.</summary>
    private static decimal UnitsOf(string? unit, UsageKind? kind) => unit switch
    {
        "1K tokens" => 1_000m,
        "1M tokens" => Million,
        "Units" when kind?.IsToken() == true => Million,
        _ => 1m,
    };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
