using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Testing;

namespace Sluice.Core.Tests.Pricing;

/// <summary>
/// Holds the book against the two third-party lists that it was reconciled from, each on the day of the list. Every
/// difference is listed here with its reason, and docs/prices.md tells users the same.
/// </summary>
public sealed class PriceSourcesTests
{
    private static readonly DateTimeOffset LiteLlmDay = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset ModelsDevDay = new(2026, 11, 10, 0, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, UsageKind> LiteLlmTokens = new(StringComparer.Ordinal)
    {
        ["input_cost_per_token"] = UsageKind.Input,
        ["output_cost_per_token"] = UsageKind.Output,
        ["cache_read_input_token_cost"] = UsageKind.CacheRead,
        ["cache_creation_input_token_cost"] = UsageKind.CacheWrite5m,
        ["cache_creation_input_token_cost_above_1hr"] = UsageKind.CacheWrite1h,
    };

    private static readonly Dictionary<string, UsageKind> LiteLlmUnits = new(StringComparer.Ordinal)
    {
        ["output_cost_per_image"] = UsageKind.OutputImage,
        ["input_cost_per_image"] = UsageKind.InputImage,
        ["input_cost_per_query"] = UsageKind.SearchUnit,
        ["input_cost_per_video_per_second"] = UsageKind.InputVideoSecond,
        ["input_cost_per_audio_per_second"] = UsageKind.InputAudioSecond,
    };

    private static readonly Dictionary<string, UsageKind> ModelsDevTokens = new(StringComparer.Ordinal)
    {
        ["input"] = UsageKind.Input,
        ["output"] = UsageKind.Output,
        ["cacheRead"] = UsageKind.CacheRead,
        ["cacheWrite"] = UsageKind.CacheWrite5m,
    };

    private sealed record Listed(string Id, PriceIdentity Identity, UsageKind Kind, long Context, decimal UsdPerUnit, bool PerSecond = false);

    [Fact]
    public void EveryPriceOfTheListOfAugustIsHeldOrItsDifferenceExplained() =>
        AssertDifferences(LiteLlm(), LiteLlmDay, PriceSourceDifferences.LiteLlm);

    [Fact]
    public void EveryPriceOfTheListOfNovemberIsHeldOrItsDifferenceExplained() =>
        AssertDifferences(ModelsDev(), ModelsDevDay, PriceSourceDifferences.ModelsDev);

    [Fact]
    public void EveryModelOfBothListsHasAPriceOrAReason()
    {
        var priced = PriceBook.Default.Rows.Select(r => r.Model).ToHashSet(StringComparer.Ordinal);
        var missing = LiteLlmModels().Concat(ModelsDevModels()).Distinct(StringComparer.Ordinal)
            .Where(id => PriceBook.Default.Models.Find(id) is not { } model || (model.Note is null && !priced.Contains(model.Id)));
        Assert.Empty(missing);
    }

    private static void AssertDifferences(IEnumerable<Listed> listed, DateTimeOffset at, Dictionary<string, string> explained)
    {
        var differences = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var price in listed)
        {
            var row = PriceBook.Default.Find(price.Identity, price.Kind, price.Context, at);
            var held = row is null ? (decimal?)null : row.Usd / row.Per;
            // The list has hourly prices as quotients, cut off or rounded at their last digit.
            if (price.PerSecond && held is { } hour && Math.Abs((hour / 3600) - price.UsdPerUnit) <= new decimal(1, 0, 0, false, price.UsdPerUnit.Scale))
                held = price.UsdPerUnit;
            if (held != price.UsdPerUnit)
                differences[$"{price.Id} {price.Kind.Name()}{(price.Context > 0 ? "+" : "")}"] = $"list {price.UsdPerUnit * 1_000_000:0.######}, book {held * 1_000_000:0.######}";
        }
        var unexplained = differences.Where(d => !explained.Keys.Any(k => Covers(k, d.Key))).Select(d => $"{d.Key}: {d.Value}");
        var stale = explained.Keys.Where(k => !differences.Keys.Any(d => Covers(k, d)));
        string[] faults = [.. unexplained, .. stale.Select(s => $"{s}: explained, but there is no difference")];
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    /// <summary>A reason is for one difference, for an id or for all that begins alike.</summary>
    private static bool Covers(string reason, string difference) => reason.EndsWith('*')
        ? difference.StartsWith(reason[..^1], StringComparison.Ordinal)
        : difference == reason || difference.StartsWith(reason + " ", StringComparison.Ordinal);

    private static JsonElement.ObjectEnumerator Models(string file)
    {
        using var stream = File.OpenRead(SharedFolder.Path($"reference/prices/{file}"));
        return JsonDocument.Parse(stream).RootElement.GetProperty("models").EnumerateObject();
    }

    private static IEnumerable<string> LiteLlmModels() => Models("litellm_bedrock.json").Select(m => BaseId(m.Value.GetProperty("base_model_id").GetString()!, out _));

    private static IEnumerable<string> ModelsDevModels() => Models("modelsdev_bedrock.json").Select(m => BaseId(m.Name, out _));

    private static IEnumerable<Listed> LiteLlm()
    {
        foreach (var entry in Models("litellm_bedrock.json"))
        {
            var raw = entry.Value.GetProperty("raw");
            var id = BaseId(WithoutRoute(entry.Name), out var profile);
            if (entry.Name.Contains("-steps/", StringComparison.Ordinal))
                id = ImageVariant(entry.Name, id);
            var region = entry.Value.GetProperty("region_in_id").GetString();
            if (region is null or "invoke" or "*")
                region = AwsRegions.UsualRegion(profile);
            var identity = new PriceIdentity { Model = id, Region = region, Profile = profile };
            foreach (var price in raw.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number))
            {
                var name = price.Name.Replace("_above_200k_tokens", "", StringComparison.Ordinal);
                var value = Exact(price.Value);
                if (LiteLlmTokens.TryGetValue(name, out var token))
                    yield return new(entry.Name, identity, token, name == price.Name ? 0 : 200_001, value);
                else if (name.EndsWith("_batches", StringComparison.Ordinal))
                    yield return new(entry.Name + " batch", identity with { Batch = true }, LiteLlmTokens[name[..^8]], 0, value);
                else if (LiteLlmUnits.TryGetValue(name, out var unit))
                    yield return new(entry.Name, identity, unit, 0, value);
                else if (name == "input_cost_per_second")
                    yield return new(entry.Name, identity, entry.Name.Contains("/1-month", StringComparison.Ordinal) ? UsageKind.ModelUnitHour1Month : UsageKind.ModelUnitHour6Month, 0, value, PerSecond: true);
            }
        }
    }

    private static IEnumerable<Listed> ModelsDev()
    {
        foreach (var entry in Models("modelsdev_bedrock.json"))
        {
            var id = BaseId(entry.Name, out var profile);
            var identity = new PriceIdentity { Model = id, Region = AwsRegions.UsualRegion(profile), Profile = profile };
            var cost = entry.Value.GetProperty("cost_usd_per_mtok");
            var bands = new List<(long Above, JsonElement Prices)> { (0, cost) };
            if (cost.TryGetProperty("tiers", out var tiers))
                bands.AddRange(tiers.EnumerateArray().Select(t => (t.GetProperty("inputTokensAbove").GetInt64(), t)));
            foreach (var (above, prices) in bands)
            {
                foreach (var (name, kind) in ModelsDevTokens)
                {
                    // This list writes 0 for a cache that a model doesn't have.
                    if (Exact(prices.GetProperty(name)) is not 0 and var usd)
                        yield return new(entry.Name, identity, kind, above == 0 ? 0 : above + 1, usd / 1_000_000);
                }
            }
        }
    }

    /// <summary>Prices stand in the lists as binary fractions; twelve decimals bring back what was meant.</summary>
    private static decimal Exact(JsonElement number) => decimal.Round((decimal)number.GetDouble(), 12);

    private static string WithoutRoute(string name)
    {
        var last = name.LastIndexOf('/');
        return name[(last + 1)..];
    }

    private static string BaseId(string id, out string? profile)
    {
        var dot = id.IndexOf('.');
        profile = dot > 0 && AwsRegions.IsProfile(id[..dot]) ? id[..dot] : null;
        return profile is null ? id : id[(dot + 1)..];
    }

    private static string ImageVariant(string name, string id)
    {
        var parts = name.Split('/');
        var size = parts[0].Split('-')[0];
        return id.StartsWith("amazon.", StringComparison.Ordinal) ? $"{id}/{size}/premium" : $"{id}/{size}/{parts[1]}";
    }
}
