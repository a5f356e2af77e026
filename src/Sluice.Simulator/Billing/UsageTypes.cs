using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Simulator.Billing;

/// <summary>
/// Spells <c>line_item_usage_type</c> as the three families do. The spellings with a source are in bedrock.md, section 4.4,
/// and in the tests; the tails of tiers on the Marketplace are made up after their pattern.
/// </summary>
internal static class UsageTypes
{
    public static string Spell(Product product, in BillKey key)
    {
        var region = product.RegionCode(key.Region);
        if (key.Kind is >= UsageKind.GuardrailContentUnit and <= UsageKind.GuardrailImageUnit)
            return $"{region}-Guardrail-{GuardrailPolicy(key.Kind)}UnitsConsumed";
        if (key.IsMantle)
            return $"{region}-{ModelOnMantle(key.Model!)}-mantle-{Mantle(key.Kind)}{(key.IsGlobal ? "-global" : "")}-{Standard(key.Tier)}";
        return product.Family == BillFamily.Marketplace
            ? $"{region}-MP:{region}_{(product.NewStyle ? NewMarketplace(key) : OldMarketplace(key))}-Units"
            : $"{region}-{product.Key}-{FirstParty(key.Kind)}{Tail(key)}";
    }

    private static string FirstParty(UsageKind kind) => kind switch
    {
        UsageKind.Input => "input-tokens",
        UsageKind.Output => "output-tokens",
        UsageKind.CacheRead => "cache-read-input-token-count",
        UsageKind.CacheWrite5m => "cache-write-input-token-count",
        UsageKind.CacheWrite1h => "cache-write-1h-input-token-count",
        UsageKind.SearchUnit => "search-units",
        UsageKind.OutputImage => "created-image",
        UsageKind.InputImage => "input-image-count",
        UsageKind.RouterRequest => "prompt-router-requests",
        _ => kind.Name().Replace('_', '-'),
    };

    private static string Tail(in BillKey key) =>
        (key.IsLongContext ? "-long-context" : "")
        + (key.Tier == ServiceTier.Default ? "" : "-" + key.Tier.Name())
        + (key.LatencyOptimized ? "-latency-optimized" : "")
        + (key.IsGlobal ? "-cross-region-global" : "");

    private static string OldMarketplace(in BillKey key)
    {
        var kind = key.Kind switch
        {
            UsageKind.Input => "InputTokenCount",
            UsageKind.Output => "OutputTokenCount",
            UsageKind.CacheRead => "CacheReadInputTokenCount",
            UsageKind.CacheWrite5m => "CacheWriteInputTokenCount",
            UsageKind.CacheWrite1h => "CacheWrite1hInputTokenCount",
            UsageKind.SearchUnit => "search_units",
            UsageKind.OutputImage => "created_image",
            _ => key.Kind.Name(),
        };
        return kind + (key.IsLongContext ? "_LongContext" : "") + (key.IsGlobal ? "_Global" : "")
            + (key.Tier == ServiceTier.Default ? "" : "_" + key.Tier) + (key.LatencyOptimized ? "_LatencyOptimized" : "");
    }

    private static string NewMarketplace(in BillKey key)
    {
        var kind = key.Kind switch
        {
            UsageKind.Input => "input_tokens",
            UsageKind.Output => "output_tokens",
            UsageKind.CacheRead => "cache_read_tokens",
            // OpenAI's models have one lifetime, of 30 minutes, and say so.
            UsageKind.CacheWrite5m when key.Model!.StartsWith("openai.", StringComparison.Ordinal) => "cache_write_tokens_30m",
            UsageKind.CacheWrite5m => "cache_write_tokens",
            UsageKind.CacheWrite1h => "cache_write_tokens_1h",
            _ => key.Kind.Name(),
        };
        return kind + (key.IsLongContext ? "_long_ctx" : "") + (key.IsGlobal ? "_global" : "") + "_" + Standard(key.Tier);
    }

    private static string Mantle(UsageKind kind) => kind switch
    {
        UsageKind.Input => "input-tokens",
        UsageKind.Output => "output-tokens",
        UsageKind.CacheRead => "cache-read-tokens",
        UsageKind.CacheWrite5m => "cache-write-tokens",
        UsageKind.CacheWrite1h => "cache-write-1h-tokens",
        _ => kind.Name().Replace('_', '-'),
    };

    /// <summary>The mantle endpoint has the models under their ids without version.</summary>
    private static string ModelOnMantle(string model) => model.EndsWith("-1:0", StringComparison.Ordinal) ? model[..^4] : model;

    private static string Standard(ServiceTier tier) => tier == ServiceTier.Default ? "standard" : tier.Name();

    private static string GuardrailPolicy(UsageKind kind) => kind switch
    {
        UsageKind.GuardrailContentUnit => "ContentPolicy",
        UsageKind.GuardrailTopicUnit => "TopicPolicy",
        UsageKind.GuardrailWordUnit => "WordPolicy",
        UsageKind.GuardrailSensitiveInformationUnit => "SensitiveInformationPolicyPII",
        UsageKind.GuardrailGroundingUnit => "ContextualGroundingPolicy",
        UsageKind.GuardrailAutomatedReasoningUnit => "AutomatedReasoningPolicy",
        _ => "ContentPolicyImage",
    };
}
