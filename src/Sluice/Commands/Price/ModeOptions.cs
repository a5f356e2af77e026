using System.CommandLine;
using Sluice.Core.Pricing;

namespace Sluice.Commands.Price;

/// <summary>The options that say in which way the calls are made.</summary>
internal sealed class ModeOptions
{
    private readonly Option<ServiceTier> _tier = new("--tier")
    {
        Description = "Service tier: default, flex, priority (also called fast), ultrafast or reserved",
        HelpName = "TIER",
        CustomParser = result =>
        {
            if (!PriceNames.TryParseTier(result.Tokens[0].Value, out var tier))
                result.AddError($"--tier {result.Tokens[0].Value}: write default, flex, priority, ultrafast or reserved.");
            return tier;
        },
    };

    private readonly Option<bool> _batch = new("--batch") { Description = "As a batch job" };

    private readonly Option<bool> _latencyOptimized = new("--latency-optimized") { Description = "With optimized latency" };

    public ModeOptions(Command command)
    {
        command.Options.Add(_tier);
        command.Options.Add(_batch);
        command.Options.Add(_latencyOptimized);
    }

    /// <summary>What is wrong with the options taken together, or null.</summary>
    public string? Problem(ParseResult parsed) =>
        parsed.GetValue(_batch) && (parsed.GetValue(_tier) != ServiceTier.Default || parsed.GetValue(_latencyOptimized))
            ? "--batch: a batch job has no service tier and no latency setting; leave one of them out."
            : null;

    public PriceIdentity Apply(ParseResult parsed, PriceIdentity identity) => identity with
    {
        Tier = parsed.GetValue(_tier),
        Batch = parsed.GetValue(_batch),
        LatencyOptimized = parsed.GetValue(_latencyOptimized),
    };
}
