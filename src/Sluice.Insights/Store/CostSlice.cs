using System.Collections.Frozen;
using Sluice.Core;
using Sluice.Core.Metering;

namespace Sluice.Insights.Store;

/// <summary>What sums of charges are kept by: the words of facets that questions are mostly asked in.</summary>
internal sealed record CostSlice
{
    private static readonly FrozenDictionary<string, string> TagWords = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["app"] = "app",
        ["application"] = "app",
        ["team"] = "team",
        ["task"] = "task",
        ["tasktype"] = "task",
        ["environment"] = "environment",
        ["env"] = "environment",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Those of hours.</summary>
    public bool IsCoarse { get; init; }

    public required string Source { get; init; }

    /// <summary>One name for each, however bills spell it.</summary>
    public required string Provider { get; init; }

    public string Service { get; init; } = "";

    public string Model { get; init; } = "";

    public string Family { get; init; } = "";

    public string Developer { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Tier { get; init; } = "";

    public string Scope { get; init; } = "";

    public bool IsBatch { get; init; }

    public bool IsLatencyOptimized { get; init; }

    public bool IsLongContext { get; init; }

    public string Account { get; init; } = "";

    public string Project { get; init; } = "";

    public string Region { get; init; } = "";

    public string App { get; init; } = "";

    public string Team { get; init; } = "";

    public string Task { get; init; } = "";

    public string Environment { get; init; } = "";

    public string ChargeCategory { get; init; } = "";

    public string Unit { get; init; } = "";

    public string Currency { get; init; } = "";

    public bool IsGenerativeAi { get; init; }

    /// <summary>In the order of <see cref="CostSchema.SliceColumns"/>.</summary>
    public string[] Values =>
    [
        Source, Provider, Service, Model, Family, Developer, Kind, Tier, Scope, Flag(IsBatch), Flag(IsLatencyOptimized), Flag(IsLongContext),
        Account, Project, Region, App, Team, Task, Environment, ChargeCategory, Unit, Currency, Flag(IsGenerativeAi),
    ];

    public static CostSlice Of(CostFacet facet)
    {
        var words = Words(facet.Tags);
        return new CostSlice
        {
            Source = facet.Source.Name(),
            Provider = ProviderName(facet.Provider),
            Service = facet.Service,
            Model = facet.Model,
            Family = facet.Family,
            Developer = facet.Developer,
            Kind = facet.Kind?.Name() ?? "",
            Tier = facet.Tier,
            Scope = facet.Scope,
            IsBatch = facet.IsBatch,
            IsLatencyOptimized = facet.IsLatencyOptimized,
            IsLongContext = facet.IsLongContext,
            Account = facet.Account,
            Project = facet.Project,
            Region = facet.Region,
            App = words.GetValueOrDefault("app", ""),
            Team = words.GetValueOrDefault("team", ""),
            Task = words.GetValueOrDefault("task", ""),
            Environment = words.GetValueOrDefault("environment", ""),
            ChargeCategory = facet.ChargeCategory,
            Unit = facet.Unit,
            Currency = facet.Currency,
            IsGenerativeAi = facet.IsGenerativeAi,
        };
    }

    /// <param name="values">In the order of <see cref="CostSchema.SliceColumns"/>.</param>
    public static CostSlice Of(bool isCoarse, Func<int, string> values) => new()
    {
        IsCoarse = isCoarse,
        Source = values(0),
        Provider = values(1),
        Service = values(2),
        Model = values(3),
        Family = values(4),
        Developer = values(5),
        Kind = values(6),
        Tier = values(7),
        Scope = values(8),
        IsBatch = values(9) == "1",
        IsLatencyOptimized = values(10) == "1",
        IsLongContext = values(11) == "1",
        Account = values(12),
        Project = values(13),
        Region = values(14),
        App = values(15),
        Team = values(16),
        Task = values(17),
        Environment = values(18),
        ChargeCategory = values(19),
        Unit = values(20),
        Currency = values(21),
        IsGenerativeAi = values(22) == "1",
    };

    public CostSlice Coarse() => new() { IsCoarse = true, Source = Source, Provider = Provider, Kind = Kind, Unit = Unit, Currency = Currency, IsGenerativeAi = IsGenerativeAi };

    /// <summary>The same provider goes by several names on bills of different makers.</summary>
    public static string ProviderName(string name)
    {
        if (Begins("AWS") || Begins("Amazon"))
            return "AWS";
        if (Begins("Microsoft") || Begins("Azure"))
            return "Microsoft";
        return Begins("Google") || Begins("GCP") ? "Google" : name;

        bool Begins(string start) => name.StartsWith(start, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>App, team, task and environment, from tags that are spelled in several ways and prefixed by who set them (<c>iamPrincipal/team</c>).</summary>
    private static Dictionary<string, string> Words(string tags)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        if (tags is "{}" or "")
            return words;
        if (JsonTags.AreUnreadable(tags))
        {
            foreach (var word in TagWords.Values)
                words[word] = JsonTags.Unreadable;
            return words;
        }
        foreach (var (name, value) in JsonTags.Read(tags))
        {
            var plain = TagKey.Plain(name);
            // The tag that bears the very name wins over its other spellings.
            if (TagWords.TryGetValue(plain, out var word) && (name == word || !words.ContainsKey(word)))
                words[word] = value;
        }
        return words;
    }

    private static string Flag(bool value) => value ? "1" : "0";
}
