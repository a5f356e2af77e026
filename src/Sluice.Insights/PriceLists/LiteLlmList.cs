using System.Globalization;
using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Insights.PriceLists;

/// <summary>LiteLLM's model price file: dollars for one unit by a name that may hold a route, a region, a commitment or an image's variant.</summary>
internal static class LiteLlmList
{
    private const long SecondsPerHour = 3_600;

    private static readonly Dictionary<string, UsageKind> Kinds = new(StringComparer.Ordinal)
    {
        ["input_cost_per_token"] = UsageKind.Input,
        ["output_cost_per_token"] = UsageKind.Output,
        ["cache_read_input_token_cost"] = UsageKind.CacheRead,
        ["cache_creation_input_token_cost"] = UsageKind.CacheWrite5m,
        ["cache_creation_input_token_cost_above_1hr"] = UsageKind.CacheWrite1h,
        ["output_cost_per_image"] = UsageKind.OutputImage,
        ["input_cost_per_image"] = UsageKind.InputImage,
        ["input_cost_per_query"] = UsageKind.SearchUnit,
        ["input_cost_per_video_per_second"] = UsageKind.InputVideoSecond,
        ["input_cost_per_audio_per_second"] = UsageKind.InputAudioSecond,
        ["output_cost_per_video_per_second"] = UsageKind.OutputVideoSecond,
        ["input_cost_per_audio_token"] = UsageKind.InputAudioToken,
        ["output_cost_per_audio_token"] = UsageKind.OutputAudioToken,
    };

    /// <summary>The entry's own fields, where it is one of Bedrock; else null.</summary>
    public static JsonElement? Raw(JsonElement entry)
    {
        var raw = PriceListFile.Object(entry, "raw") ?? entry;
        return raw.TryGetProperty("litellm_provider", out var provider) && provider.ValueKind == JsonValueKind.String
            && provider.GetString()!.StartsWith("bedrock", StringComparison.Ordinal) ? raw : null;
    }

    public static IEnumerable<StatedPrice> Read(IEnumerable<JsonProperty> entries)
    {
        foreach (var entry in entries)
        {
            if (Raw(entry.Value) is not { } raw)
                continue;
            var identity = IdentityOf(entry.Name);
            foreach (var price in raw.EnumerateObject())
            {
                // A 0 in this list stands for no figure as often as for nothing to pay.
                if (price.Name.Contains("cost", StringComparison.Ordinal) && PriceListFile.Exact(price.Value) is { } usd && usd != 0
                    && Of(entry.Name, identity, price.Name, usd) is { } stated)
                {
                    yield return stated;
                }
            }
        }
    }

    private static StatedPrice? Of(string id, PriceIdentity identity, string field, decimal usd)
    {
        var (name, context) = WithoutBand(field);
        (name, identity) = WithoutMode(name, identity);
        var stated = new StatedPrice { Id = id, Identity = identity, KindName = field, ContextTokens = context, UsdPerUnit = usd };
        if (Kinds.TryGetValue(name, out var kind))
            return stated with { Kind = kind, KindName = kind.Name() };
        if (name is not ("input_cost_per_second" or "output_cost_per_second") || !id.Contains("-commitment", StringComparison.Ordinal))
            return stated;
        // A committed model unit, once as input and once more as output: an hour's price, cut off or rounded at its last digit.
        var term = id.Contains("/1-month", StringComparison.Ordinal) ? UsageKind.ModelUnitHour1Month : UsageKind.ModelUnitHour6Month;
        return name == "output_cost_per_second" ? null : stated with
        {
            Kind = term,
            KindName = term.Name(),
            UsdPerUnit = usd * SecondsPerHour,
            Tolerance = SecondsPerHour * new decimal(1, 0, 0, false, usd.Scale),
        };
    }

    /// <summary><c>..._above_200k_tokens</c> is a price of longer contexts.</summary>
    private static (string Name, long Context) WithoutBand(string field)
    {
        const string Above = "_above_", Thousand = "k_tokens";
        var at = field.LastIndexOf(Above, StringComparison.Ordinal);
        return at > 0 && field.EndsWith(Thousand, StringComparison.Ordinal)
            && long.TryParse(field.AsSpan(at + Above.Length, field.Length - at - Above.Length - Thousand.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var thousands)
                ? (field[..at], (thousands * 1_000) + 1)
                : (field, 0);
    }

    private static (string Name, PriceIdentity Identity) WithoutMode(string name, PriceIdentity identity)
    {
        if (name.EndsWith("_batches", StringComparison.Ordinal))
            return (name[..^"_batches".Length], identity with { Batch = true });
        var last = name.LastIndexOf('_');
        return PriceNames.TryParseTier(name[(last + 1)..], out var tier) ? (name[..last], identity with { Tier = tier }) : (name, identity);
    }

    private static PriceIdentity IdentityOf(string name)
    {
        var parts = name.Split('/');
        var id = PriceListFile.BaseId(parts[^1], out var profile);
        if (parts.Length >= 3 && parts[1].EndsWith("-steps", StringComparison.Ordinal))
        {
            var size = parts[0].Split('-')[0];
            id = id.StartsWith("amazon.", StringComparison.Ordinal) ? $"{id}/{size}/premium" : $"{id}/{size}/{parts[1]}";
        }
        return new PriceIdentity { Model = id, Region = Array.Find(parts, AwsRegions.IsName) ?? AwsRegions.UsualRegion(profile), Profile = profile };
    }
}
