using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Configuration;

/// <summary>Reads the levers: one mode for all (<c>levers: on</c>), or a mapping with each lever's own and with exceptions.</summary>
internal static class LeversReader
{
    private static readonly Dictionary<string, LeverMode> Modes = new(StringComparer.Ordinal)
    {
        ["off"] = LeverMode.Off,
        ["shadow"] = LeverMode.Shadow,
        ["on"] = LeverMode.On,
    };

    private static readonly Dictionary<string, ServiceTier> Tiers = new(StringComparer.Ordinal)
    {
        ["flex"] = ServiceTier.Flex,
        ["default"] = ServiceTier.Default,
        ["priority"] = ServiceTier.Priority,
    };

    public static LeverSettings Read(YamlSection top)
    {
        var defaults = new LeverSettings();
        if (!top.IsSection("levers"))
            return defaults with { Default = defaults.Default.WithAll(top.Choice("levers", Modes) ?? LeverMode.Off) };
        var section = top.Section("levers")!;
        var options = Options(section, defaults.Default);
        var exceptions = new List<(LeverScope, LeverOptions)>();
        foreach (var entry in section.Sections("exceptions"))
        {
            var scope = new LeverScope { App = entry.Text("app"), Task = entry.Text("task"), KeyId = entry.Text("key"), Models = entry.Text("models") };
            if (scope == new LeverScope())
                entry.Report("app", "is missing, as are 'task', 'key' and 'models'; at least one says which calls the exception is for");
            exceptions.Add((scope, Options(entry, options)));
            entry.RejectUnknown();
        }
        var settings = new LeverSettings
        {
            Default = options,
            Exceptions = exceptions,
            ControlShare = section.Number("control_share", 0, 1) ?? defaults.ControlShare,
            HoldBackShare = section.Number("hold_back_share", 0, 0.15) ?? defaults.HoldBackShare,
            ControlSeed = (ulong)(section.Integer("control_seed", 0, int.MaxValue) ?? 0),
        };
        section.RejectUnknown();
        return settings;
    }

    /// <summary>What a section says, and of what it does not say the same as <paramref name="basis"/>.</summary>
    private static LeverOptions Options(YamlSection section, LeverOptions basis)
    {
        var options = section.Choice("mode", Modes) is { } all ? basis.WithAll(all) : basis;
        foreach (var lever in LeverNames.All)
        {
            var name = lever.Name();
            if (!section.IsSection(name))
            {
                if (section.Choice(name, Modes) is { } mode)
                    options = options.With(lever, mode);
                continue;
            }
            var own = section.Section(name)!;
            // Settings are given to be used, so a mapping without a mode turns its lever on.
            options = Settings(lever, own, options).With(lever, own.Choice("mode", Modes) ?? LeverMode.On);
            own.RejectUnknown();
        }
        return options;
    }

    private static LeverOptions Settings(Lever lever, YamlSection own, LeverOptions options) => lever switch
    {
        Lever.Trim => options with
        {
            Trim = options.Trim with { KeepUrls = own.Flag("keep_urls") ?? options.Trim.KeepUrls, KeepNavigation = own.Flag("keep_navigation") ?? options.Trim.KeepNavigation },
        },
        Lever.Recall => options with
        {
            Recall = options.Recall with { Lifetime = own.Duration("lifetime") ?? options.Recall.Lifetime, Sampled = own.Flag("sampled") ?? options.Recall.Sampled },
        },
        Lever.Coalesce => options with { Coalesce = options.Coalesce with { Sampled = own.Flag("sampled") ?? options.Coalesce.Sampled } },
        Lever.Mark => options with { Mark = options.Mark with { AllowHour = own.Flag("hour") ?? options.Mark.AllowHour } },
        Lever.Place => options with
        {
            Place = options.Place with
            {
                AnyRegion = own.Flag("any_region") ?? options.Place.AnyRegion,
                Tier = own.Choice("tier", Tiers) ?? options.Place.Tier,
                StandardLatency = own.Flag("standard_latency") ?? options.Place.StandardLatency,
            },
        },
        _ => options,
    };
}
