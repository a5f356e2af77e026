using System.Collections.Immutable;
using System.Globalization;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Stages.Limiting;

namespace Sluice.Configuration;

/// <summary>Reads the rules of <c>limits</c>, and <c>quotas</c>.</summary>
internal static class LimitsReader
{
    /// <summary>AWS's largest quotas are some tens of millions of tokens a minute.</summary>
    private const int MostPerMinute = 1_000_000_000;

    /// <summary>Callers have given up by then.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary><c>all</c>, <c>key</c>, <c>key_and_model</c>, <c>app_and_team_and_model</c> ...: several in the order of the enumeration.</summary>
    internal static readonly Dictionary<string, LimitPer> Pers = Enumerable.Range(0, 16).Select(i => (LimitPer)i)
        .ToDictionary(per => per.ToString().Replace(", ", "_and_", StringComparison.Ordinal).ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly Dictionary<string, LimitPer> Sharers = new(StringComparer.Ordinal) { ["key"] = LimitPer.Key, ["app"] = LimitPer.App, ["team"] = LimitPer.Team };

    public static LimitOptions Read(YamlSection top)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var rules = ImmutableArray.CreateBuilder<LimitRule>();
        foreach (var section in top.Section("limits")?.Sections("rules") ?? [])
            rules.Add(Rule(section, names, rules.Count));
        var quotas = ImmutableArray.CreateBuilder<QuotaRule>();
        foreach (var section in top.Sections("quotas"))
        {
            if (Quota(section, names, top) is { } quota)
                quotas.Add(quota);
        }
        return new LimitOptions { Rules = rules.ToImmutable(), Quotas = quotas.ToImmutable() };
    }

    private static LimitRule Rule(YamlSection section, HashSet<string> names, int number)
    {
        var rule = new LimitRule
        {
            Name = Name(section, names, string.Create(CultureInfo.InvariantCulture, $"limits.rules[{number}]")),
            Per = section.Choice("per", Pers) ?? LimitPer.Key,
            Scope = new LeverScope { App = section.Text("app"), Task = section.Text("task"), KeyId = section.Text("key"), Models = section.Text("models") },
            Team = section.Text("team"),
            RequestsPerMinute = section.Integer("requests_per_minute", 1, MostPerMinute),
            TokensPerMinute = section.Integer("tokens_per_minute", 1, MostPerMinute),
            Concurrency = section.Integer("concurrency", 1, 1_000_000),
        };
        if (!section.Has("requests_per_minute") && !section.Has("tokens_per_minute") && !section.Has("concurrency"))
            section.Report("requests_per_minute", "is missing, as are 'tokens_per_minute' and 'concurrency'; at least one says what is limited");
        section.RejectUnknown();
        return rule;
    }

    private static QuotaRule? Quota(YamlSection section, HashSet<string> names, YamlSection top)
    {
        var models = section.Text("models");
        if (string.IsNullOrEmpty(models))
            section.Report("models", "is missing; it says whose quota it is, such as 'us.anthropic.claude-sonnet-4-5*'");
        var upstream = section.Text("upstream");
        if (upstream is not null && upstream != top.Text("upstream") && !top.Sections("upstreams").Any(u => u.Text("name") == upstream))
            section.Report("upstream", $"is '{upstream}', which no entry of 'upstreams' is named");
        var defaults = new QuotaRule { Name = "", Models = "" };
        var quota = defaults with
        {
            Name = Name(section, names, models ?? ""),
            Models = models ?? "",
            Upstream = upstream,
            RequestsPerMinute = section.Integer("requests_per_minute", 1, MostPerMinute),
            TokensPerMinute = section.Integer("tokens_per_minute", 1, MostPerMinute),
            ShareBy = section.Choice("share_by", Sharers) ?? defaults.ShareBy,
            Shares = Shares(section),
            MaxWait = section.Duration("max_wait", TimeSpan.Zero, LongestWait) ?? defaults.MaxWait,
            MaxQueue = section.Integer("max_queue", 0, 100_000) ?? defaults.MaxQueue,
        };
        if (!section.Has("requests_per_minute") && !section.Has("tokens_per_minute"))
            section.Report("tokens_per_minute", "is missing, as is 'requests_per_minute'; at least one says what AWS allows");
        section.RejectUnknown();
        return models is null ? null : quota;
    }

    private static string Name(YamlSection section, HashSet<string> names, string fallback)
    {
        var name = section.Text("name") ?? fallback;
        if (!names.Add(name))
            section.Report("name", $"is '{name}', which another limit or quota has already; names must differ");
        return name;
    }

    private static ImmutableDictionary<string, int> Shares(YamlSection section)
    {
        var shares = ImmutableDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        if (section.Section("shares") is not { } own)
            return shares.ToImmutable();
        foreach (var (name, _) in own.AllTexts())
        {
            if (own.Integer(name, 1, 1_000) is { } share)
                shares[name] = share;
        }
        return shares.ToImmutable();
    }
}
