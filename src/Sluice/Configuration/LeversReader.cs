using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Marking.Normalising;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.Trimming;

namespace Sluice.Configuration;

/// <summary>
/// Reads the levers: one mode for all (<c>levers: on</c>), or a mapping with each lever's own and with exceptions. Semantic
/// recall may answer another question than the one that was asked, so only its own word turns it on.
/// </summary>
internal static class LeversReader
{
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(400);

    private const long MostDiskBytes = 1L << 50;

    private const long MostMemoryBytes = 1L << 40;

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

    private static readonly Dictionary<string, ErrorBasis> Bases = new(StringComparer.Ordinal) { ["hits"] = ErrorBasis.Hits, ["calls"] = ErrorBasis.Calls };

    private static readonly Dictionary<string, bool> Verifiers = new(StringComparer.Ordinal) { ["text"] = false, ["judge"] = true };

    private static readonly Dictionary<string, TableFormat> Tables = new(StringComparer.Ordinal) { ["csv"] = TableFormat.Csv, ["markdown"] = TableFormat.Markdown };

    private static readonly Dictionary<string, NormaliseKinds> NormaliseNames = new(StringComparer.Ordinal)
    {
        ["whitespace"] = NormaliseKinds.Whitespace,
        ["tool_key_order"] = NormaliseKinds.ToolKeyOrder,
        ["tool_order"] = NormaliseKinds.ToolOrder,
    };

    public static LeverSettings Read(YamlSection top)
    {
        var defaults = new LeverSettings();
        // Routes are given to be used.
        var basis = top.Has("model_routes") ? defaults.Default.With(Lever.Route, LeverMode.On) : defaults.Default;
        if (!top.IsSection("levers"))
            return defaults with { Default = top.Choice("levers", Modes) is { } mode ? basis.WithAll(mode) : basis };
        var section = top.Section("levers")!;
        var options = Options(section, basis);
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
            HoldBackShare = section.Number("hold_back_share", 0, 0.12) ?? defaults.HoldBackShare,
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
            Trim = options.Trim with
            {
                KeepUrls = own.Flag("keep_urls") ?? options.Trim.KeepUrls,
                KeepNavigation = own.Flag("keep_navigation") ?? options.Trim.KeepNavigation,
                Table = own.Choice("tables", Tables) ?? options.Trim.Table,
                ToolResults = own.Flag("tool_results") ?? options.Trim.ToolResults,
                UserTexts = own.Flag("user_texts") ?? options.Trim.UserTexts,
                DataTags = Tags(own) ?? options.Trim.DataTags,
            },
        },
        Lever.Recall => options with
        {
            Recall = options.Recall with
            {
                Lifetime = own.Duration("lifetime", TimeSpan.FromSeconds(1), LongestLifetime) ?? options.Recall.Lifetime,
                Sampled = own.Flag("sampled") ?? options.Recall.Sampled,
                DiskBytes = own.Bytes("disk", 0, MostDiskBytes) ?? options.Recall.DiskBytes,
            },
        },
        Lever.Semantic => options with { Semantic = Semantic(own, options.Semantic) },
        Lever.Coalesce => options with { Coalesce = options.Coalesce with { Sampled = own.Flag("sampled") ?? options.Coalesce.Sampled } },
        Lever.Output => options with
        {
            Output = options.Output with
            {
                Brief = own.Flag("brief") ?? options.Output.Brief,
                JsonOnly = own.Flag("json_only") ?? options.Output.JsonOnly,
                StopSequences = Stops(own) ?? options.Output.StopSequences,
            },
        },
        Lever.Mark => options with { Mark = options.Mark with { AllowHour = own.Flag("hour") ?? options.Mark.AllowHour, Normalise = Normalisations(own) ?? options.Mark.Normalise } },
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

    private static SemanticRecallOptions Semantic(YamlSection own, SemanticRecallOptions basis)
    {
        var options = basis with
        {
            Lifetime = own.Duration("lifetime", TimeSpan.FromSeconds(1), LongestLifetime) ?? basis.Lifetime,
            Sampled = own.Flag("sampled") ?? basis.Sampled,
            ErrorRate = own.Number("error_rate", 0.0001, 0.5) ?? basis.ErrorRate,
            Basis = own.Choice("bound", Bases) ?? basis.Basis,
            ModelFile = own.FilePath("model") ?? basis.ModelFile,
            MaxBytes = own.Bytes("memory", 1 << 20, MostMemoryBytes) ?? basis.MaxBytes,
            DiskBytes = own.Bytes("disk", 0, MostDiskBytes) ?? basis.DiskBytes,
        };
        if (own.Text("embedder") is { } embedder)
        {
            options = options with { Embedder = embedder == "hashed" ? null : ModelIdentifier.Parse(embedder) };
            if (options.Embedder is { } model && BedrockEmbedder.FamilyOf(model.BaseModel) is null)
                own.Report("embedder", $"is '{embedder}'; it must be hashed, amazon.titan-embed-text-v2:0, cohere.embed-english-v3 or cohere.embed-multilingual-v3");
        }
        return Judged(own, options);
    }

    private static SemanticRecallOptions Judged(YamlSection own, SemanticRecallOptions options)
    {
        var (verifier, judge) = (own.Choice("verifier", Verifiers), own.Text("judge"));
        options = options with
        {
            Judge = verifier == false ? null : judge is null ? options.Judge : ModelIdentifier.Parse(judge),
            JudgePoints = own.Integer("judge_points", 1, 10) ?? options.JudgePoints,
        };
        if (verifier == true && options.Judge is null)
            own.Report("judge", "is missing; it names the model that 'verifier: judge' asks, such as us.amazon.nova-pro-v1:0");
        if (judge is not null && verifier != true)
            own.Report("judge", "is for 'verifier: judge'; add that, or leave it out");
        return options;
    }

    private static IReadOnlyList<string>? Tags(YamlSection own)
    {
        var tags = own.Texts("tags");
        if (tags?.FirstOrDefault(t => t.Length == 0 || !t.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or ':')) is { } wrong)
            own.Report("tags", $"has '{wrong}'; a tag is its name alone, such as report for <report>...</report>");
        return tags;
    }

    private static ImmutableArray<string>? Stops(YamlSection own)
    {
        if (own.Texts("stop") is not { } stops)
            return null;
        // Four is what every family takes; most take more.
        if (stops.Count > 4 || stops.Any(string.IsNullOrWhiteSpace))
            own.Report("stop", "must be one to four texts, none of them blank");
        return [.. stops];
    }

    /// <summary>Names of a list; an empty list is none, and no list is null.</summary>
    private static NormaliseKinds? Normalisations(YamlSection own)
    {
        if (own.Texts("normalise") is not { } names)
            return null;
        var kinds = NormaliseKinds.None;
        foreach (var name in names)
        {
            if (NormaliseNames.TryGetValue(name, out var kind))
                kinds |= kind;
            else
                own.Report("normalise", $"has '{name}'; it must be a list of {string.Join(", ", NormaliseNames.Keys)}");
        }
        return kinds;
    }
}
