using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Insights.PriceLists;

/// <summary>The Bedrock part of models.dev, in its own JSON and in that of programs that ship it: dollars for a million tokens by model id.</summary>
internal static class ModelsDevList
{
    private const decimal Million = 1_000_000m;

    private static readonly Dictionary<string, UsageKind> Kinds = new(StringComparer.Ordinal)
    {
        ["input"] = UsageKind.Input,
        ["output"] = UsageKind.Output,
        ["cacheRead"] = UsageKind.CacheRead,
        ["cache_read"] = UsageKind.CacheRead,
        ["cacheWrite"] = UsageKind.CacheWrite5m,
        ["cache_write"] = UsageKind.CacheWrite5m,
        ["input_audio"] = UsageKind.InputAudioToken,
        ["output_audio"] = UsageKind.OutputAudioToken,
    };

    public static JsonElement? Cost(JsonElement entry) =>
        PriceListFile.Object(entry, "cost_usd_per_mtok") ?? PriceListFile.Object(entry, "cost");

    public static IEnumerable<StatedPrice> Read(IEnumerable<JsonProperty> entries)
    {
        foreach (var entry in entries)
        {
            if (Cost(entry.Value) is not { } cost)
                continue;
            foreach (var price in Of(entry.Name, cost, context: 0))
                yield return price;
            if (!cost.TryGetProperty("tiers", out var tiers) || tiers.ValueKind != JsonValueKind.Array)
                continue;
            foreach (var tier in tiers.EnumerateArray())
            {
                if (tier.ValueKind == JsonValueKind.Object && tier.TryGetProperty("inputTokensAbove", out var above) && above.ValueKind == JsonValueKind.Number && above.TryGetInt64(out var tokens))
                {
                    foreach (var price in Of(entry.Name, tier, tokens + 1))
                        yield return price;
                }
            }
        }
    }

    private static IEnumerable<StatedPrice> Of(string id, JsonElement prices, long context)
    {
        var model = PriceListFile.BaseId(id, out var profile);
        foreach (var price in prices.EnumerateObject())
        {
            // A 0 stands for a cache that a model doesn't have.
            if (!Kinds.TryGetValue(price.Name, out var kind) || PriceListFile.Exact(price.Value) is not { } usd || usd == 0)
                continue;
            yield return new StatedPrice
            {
                Id = id,
                Identity = new PriceIdentity { Model = model, Region = AwsRegions.UsualRegion(profile), Profile = profile },
                Kind = kind,
                KindName = kind.Name(),
                ContextTokens = context,
                UsdPerUnit = usd / Million,
            };
        }
    }
}
