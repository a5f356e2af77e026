using System.Text.RegularExpressions;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Insights.Imports.Cur;

/// <summary>
/// A usage type of Bedrock, taken apart. Three bill families spell it three ways: AWS's own items (<c>USE1-Claude3Sonnet-input-tokens-batch</c>),
/// those of the mantle endpoint (<c>...-mantle-input-tokens-standard</c>) and the Marketplace's, older (<c>USE1-MP:USE1_InputTokenCount_Global-Units</c>)
/// and newer (<c>USW2-MP:USW2_input_tokens_global_standard-Units</c>). Tails are an open set: one that isn't known is kept and named.
/// </summary>
internal sealed record UsageType
{
    private static readonly (string Text, UsageKind? Kind)[] Kinds =
    [
        // Those of the cache and of a modality first: their names hold the words of plain input.
        ("cache-read-input-token-count", UsageKind.CacheRead),
        ("cache-write-1h-input-token-count", UsageKind.CacheWrite1h),
        ("cache-write-30m-input-token-count", UsageKind.CacheWrite5m),
        ("cache-write-5m-input-token-count", UsageKind.CacheWrite5m),
        ("cache-write-input-token-count", UsageKind.CacheWrite5m),
        ("cache-read-tokens", UsageKind.CacheRead),
        ("cache-write-1h-tokens", UsageKind.CacheWrite1h),
        ("cache-write-30m-tokens", UsageKind.CacheWrite5m),
        ("cache-write-5m-tokens", UsageKind.CacheWrite5m),
        ("cache-write-tokens-1h", UsageKind.CacheWrite1h),
        ("cache-write-tokens-30m", UsageKind.CacheWrite5m),
        ("cache-write-tokens-5m", UsageKind.CacheWrite5m),
        ("cache-write-tokens", UsageKind.CacheWrite5m),
        .. OfModalities(),
        ("input-tokens", UsageKind.Input),
        ("input-token-count", UsageKind.Input),
        ("output-tokens", UsageKind.Output),
        ("output-token-count", UsageKind.Output),
        ("search-units", UsageKind.SearchUnit),
        ("created-image", UsageKind.OutputImage),
        ("input-image-count", UsageKind.InputImage),
        ("prompt-router-requests", UsageKind.RouterRequest),
        .. Others('-').Select(o => (o.Text, (UsageKind?)o.Kind)),
    ];

    /// <summary>By their words without any mark between them.</summary>
    private static readonly (string Text, UsageKind Kind)[] MarketplaceKinds =
    [
        ("cachereadinputtokencount", UsageKind.CacheRead),
        ("cachewrite1hinputtokencount", UsageKind.CacheWrite1h),
        ("cachewrite30minputtokencount", UsageKind.CacheWrite5m),
        ("cachewrite5minputtokencount", UsageKind.CacheWrite5m),
        ("cachewriteinputtokencount", UsageKind.CacheWrite5m),
        ("cachereadtokens", UsageKind.CacheRead),
        ("cachewritetokens1h", UsageKind.CacheWrite1h),
        ("cachewritetokens30m", UsageKind.CacheWrite5m),
        ("cachewritetokens5m", UsageKind.CacheWrite5m),
        ("cachewritetokens", UsageKind.CacheWrite5m),
        ("inputtokencount", UsageKind.Input),
        ("inputtokens", UsageKind.Input),
        ("outputtokencount", UsageKind.Output),
        ("responsetokencount", UsageKind.Output),
        ("outputtokens", UsageKind.Output),
        ("inputimagecount", UsageKind.InputImage),
        ("searchunits", UsageKind.SearchUnit),
        ("createdimage", UsageKind.OutputImage),
        .. Others('_').Select(o => (o.Text.Replace("_", "", StringComparison.Ordinal), o.Kind)),
    ];

    /// <summary>Usage types that name a model's variant and nothing of what they count, by their region's remainder.</summary>
    private static readonly Dictionary<string, (string Model, UsageKind Kind)> Variants = new(StringComparer.Ordinal)
    {
        ["Ray-V2-Medfps-StandardRes"] = ("luma.ray-v2:0/540p", UsageKind.OutputVideoSecond),
        ["Ray-V2-Medfps-HDRes"] = ("luma.ray-v2:0/720p", UsageKind.OutputVideoSecond),
    };

    /// <summary>Hours of model units, by the time that they are bought for.</summary>
    private static readonly Regex ModelUnits = LinearRegex.Of(
        "^(?:(?<model>.+)-)?ProvisionedThroughput-(?<term>no|1-?months?|6-?months?)-?(?:commit)?-ModelUnits(?:-Usage)?$", ignoreCase: true);

    /// <summary>Tokens a minute that are paid whether they are used or not, behind the name of the model.</summary>
    private static readonly Regex ReservedTerm = LinearRegex.Of("-reserved(?:-[0-9]+-months?)?$", ignoreCase: true);

    private static readonly Regex Lifetime = LinearRegex.Of("^[0-9]+[smhd]$");

    private static readonly (string Text, UsageKind Kind)[] GuardrailPolicies =
    [
        ("ContentPolicyImage", UsageKind.GuardrailImageUnit),
        ("ContentPolicy", UsageKind.GuardrailContentUnit),
        ("TopicPolicy", UsageKind.GuardrailTopicUnit),
        ("WordPolicy", UsageKind.GuardrailWordUnit),
        ("SensitiveInformationPolicy", UsageKind.GuardrailSensitiveInformationUnit),
        ("ContextualGroundingPolicy", UsageKind.GuardrailGroundingUnit),
        ("AutomatedReasoningPolicy", UsageKind.GuardrailAutomatedReasoningUnit),
    ];

    /// <summary>The region's name; empty where the usage type names none.</summary>
    public required string Region { get; init; }

    /// <summary>The model as the usage type spells it; empty on the Marketplace, which has it in the product's name, and for guardrails.</summary>
    public string ModelKey { get; init; } = "";

    public UsageKind? Kind { get; init; }

    public bool IsMarketplace { get; init; }

    public bool IsGuardrail { get; init; }

    public ServiceTier Tier { get; init; }

    public bool IsGlobal { get; init; }

    public bool IsBatch { get; init; }

    public bool IsLatencyOptimized { get; init; }

    public bool IsLongContext { get; init; }

    /// <summary>The words of the tail that mean nothing to Sluice, joined with dashes; empty where all were understood.</summary>
    public string UnknownTail { get; init; } = "";

    public static UsageType Parse(string text)
    {
        var (region, rest) = BillingRegions.Split(text);
        if (rest.StartsWith("Guardrail-", StringComparison.Ordinal))
        {
            var policy = Array.Find(GuardrailPolicies, p => rest.AsSpan("Guardrail-".Length).StartsWith(p.Text));
            return new UsageType { Region = region, IsGuardrail = true, Kind = policy.Text is null ? null : policy.Kind };
        }
        return rest.StartsWith("MP:", StringComparison.Ordinal) ? Marketplace(region, rest[3..]) : FirstParty(region, rest);
    }

    private static UsageType FirstParty(string region, string text)
    {
        if (Variants.TryGetValue(text, out var variant))
            return new UsageType { Region = region, ModelKey = variant.Model, Kind = variant.Kind };
        if (OfModelUnits(text) is { } units)
            return units with { Region = region };
        foreach (var (marker, kind) in Kinds)
        {
            // From the right: a model's key has dashes of its own.
            var at = text.LastIndexOf("-" + marker, StringComparison.Ordinal);
            var end = at + 1 + marker.Length;
            if (at < 0 || (end < text.Length && text[end] != '-'))
                continue;
            var key = text[..at];
            string[] tail = end < text.Length ? text[(end + 1)..].Split('-') : [];
            // A cache that nothing here knows would else be plain input.
            if (!marker.StartsWith("cache", StringComparison.Ordinal) && key.IndexOf("-cache-", StringComparison.OrdinalIgnoreCase) is >= 0 and var cache)
                return new UsageType { Region = region, ModelKey = key[..cache] }.WithTail(tail);
            if (key.EndsWith("-mantle", StringComparison.Ordinal))
                key = key[..^"-mantle".Length];
            if (tail is ["per", "minute", .. var rest])
                return new UsageType { Region = region, ModelKey = ReservedTerm.Replace(key, ""), Tier = ServiceTier.Reserved }.WithTail(rest);
            return new UsageType { Region = region, ModelKey = key, Kind = kind }.WithTail(tail);
        }
        return new UsageType { Region = region };
    }

    /// <summary><c>USE1_InputTokenCount_Global_Batch-Units</c>, where the region stands a second time.</summary>
    private static UsageType Marketplace(string region, string text)
    {
        var body = text.EndsWith("-Units", StringComparison.Ordinal) ? text[..^"-Units".Length] : text;
        var words = body[(body.IndexOf('_', StringComparison.Ordinal) + 1)..].Split('_');
        if (OfModelUnits(string.Join('-', words)) is { ModelKey.Length: 0 } units)
            return units with { Region = region, IsMarketplace = true };
        for (var count = Math.Min(words.Length, 6); count > 0; count--)
        {
            var joined = string.Concat(words[..count]).ToLowerInvariant();
            var kind = Array.Find(MarketplaceKinds, k => k.Text == joined);
            if (kind.Text is not null)
                return new UsageType { Region = region, IsMarketplace = true, Kind = kind.Kind }.WithTail(words[count..]);
        }
        return new UsageType { Region = region, IsMarketplace = true };
    }

    private UsageType WithTail(string[] words)
    {
        var usage = this;
        var unknown = new List<string>();
        for (var i = 0; i < words.Length; i++)
        {
            var next = i + 1 < words.Length ? words[i + 1].ToLowerInvariant() : "";
            var word = words[i].ToLowerInvariant();
            switch (word, next)
            {
                case ("standard", _) or ("default", _) or ("cross", "region") or ("region", _) or ("geo", _): break;
                case ("global", _): usage = usage with { IsGlobal = true }; break;
                case ("batch", _): usage = usage with { IsBatch = true }; break;
                case ("flex", _): usage = usage with { Tier = ServiceTier.Flex }; break;
                case ("priority", _): usage = usage with { Tier = ServiceTier.Priority }; break;
                case ("reserved", _): usage = usage with { Tier = ServiceTier.Reserved }; break;
                case ("ultrafast", _): usage = usage with { Tier = ServiceTier.Ultrafast }; break;
                case ("latency", "optimized"): usage = usage with { IsLatencyOptimized = true }; i++; break;
                case ("latencyoptimized", _): usage = usage with { IsLatencyOptimized = true }; break;
                case ("long", "context" or "ctx"): usage = usage with { IsLongContext = true }; i++; break;
                case ("longcontext", _): usage = usage with { IsLongContext = true }; break;
                // Written to a cache for a time that has no kind.
                case var _ when usage.Kind == UsageKind.CacheWrite5m && Lifetime.IsMatch(word): usage = usage with { Kind = null }; break;
                default: unknown.Add(words[i]); break;
            }
        }
        return usage with { UnknownTail = string.Join('-', unknown) };
    }

    private static UsageType? OfModelUnits(string text)
    {
        var match = ModelUnits.Match(text);
        return !match.Success ? null : new UsageType
        {
            Region = "",
            ModelKey = match.Groups["model"].Value,
            Kind = match.Groups["term"].Value[0] switch { '1' => UsageKind.ModelUnitHour1Month, '6' => UsageKind.ModelUnitHour6Month, _ => UsageKind.ModelUnitHour },
        };
    }

    /// <summary>
    /// Tokens that say whether they are text's. Those of speech have kinds of their own; those of images and videos have other prices than text, and none.
    /// </summary>
    private static IEnumerable<(string Text, UsageKind? Kind)> OfModalities() =>
        from side in (string[])["input", "output"]
        from modality in (string[])["text", "speech", "audio", "image", "video"]
        from count in (string[])["tokens", "token-count"]
        from text in (string[])[$"{modality}-{side}-{count}", $"{side}-{modality}-{count}"]
        select (text, (modality, side) switch
        {
            ("text", "input") => UsageKind.Input,
            ("text", _) => UsageKind.Output,
            ("speech" or "audio", "input") => UsageKind.InputAudioToken,
            ("speech" or "audio", _) => UsageKind.OutputAudioToken,
            _ => (UsageKind?)null,
        });

    /// <summary>Kinds without a spelling known from any bill, by Sluice's own names.</summary>
    private static IEnumerable<(string Text, UsageKind Kind)> Others(char separator) => UsageKinds.All
        .Where(k => k is UsageKind.InputImage or UsageKind.InputAudioSecond or UsageKind.InputVideoSecond or >= UsageKind.ModelUnitHour)
        .Select(k => (k.Name().Replace('_', separator), k));
}
