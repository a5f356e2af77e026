using System.Text;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Lab.Replays.Searching;

namespace Sluice.Commands.Replay;

/// <summary>Settings of levers as <c>sluice.yaml</c> has them.</summary>
internal static class LeversYaml
{
    /// <summary>The section <c>levers</c> that gives each app its own; others have every lever off.</summary>
    public static string Of(IReadOnlyList<AppSetting> apps)
    {
        var yaml = new StringBuilder("levers:\n");
        if (apps.FirstOrDefault(a => a.App.Length == 0) is { } untagged)
            Append(yaml, untagged.Options, "  ");
        else
            yaml.Append("  mode: off\n");
        var named = apps.Where(a => a.App.Length > 0).ToList();
        if (named.Count > 0)
            yaml.Append("  exceptions:\n");
        foreach (var app in named)
        {
            yaml.Append("    - app: ").Append(Quoted(app.App)).Append('\n');
            Append(yaml, app.Options, "      ");
        }
        return yaml.ToString();
    }

    /// <summary>What is on, in one line of words.</summary>
    public static string InWords(LeverOptions options)
    {
        var on = LeverNames.All.Where(l => options.ModeOf(l) == LeverMode.On).Select(l => Details(options, l) is { Count: > 0 } details ? $"{l.Name()} ({string.Join(", ", details)})" : l.Name());
        return string.Join(", ", on) is { Length: > 0 } words ? words : "none";
    }

    private static void Append(StringBuilder yaml, LeverOptions options, string indent)
    {
        yaml.Append(indent).Append("mode: off\n");
        foreach (var lever in LeverNames.All.Where(l => options.ModeOf(l) == LeverMode.On))
        {
            var details = Details(options, lever);
            yaml.Append(indent).Append(lever.Name()).Append(": ").Append(details.Count == 0 ? "on" : $"{{ {string.Join(", ", details)} }}").Append('\n');
        }
    }

    private static IReadOnlyList<string> Details(LeverOptions options, Lever lever) => lever switch
    {
        Lever.Trim => [.. options.Trim.KeepUrls ? (string[])["keep_urls: true"] : [], .. options.Trim.KeepNavigation ? (string[])["keep_navigation: true"] : []],
        Lever.Recall => [.. options.Recall.Sampled ? (string[])["sampled: true"] : [], .. options.Recall.Lifetime != new LeverOptions().Recall.Lifetime ? (string[])[$"lifetime: {options.Recall.Lifetime.TotalSeconds:0}s"] : []],
        Lever.Coalesce when options.Coalesce.Sampled => ["sampled: true"],
        Lever.Mark when !options.Mark.AllowHour => ["hour: false"],
        Lever.Place =>
        [
            .. options.Place.AnyRegion ? (string[])["any_region: true"] : [],
            .. options.Place.Tier is { } tier ? (string[])[$"tier: {tier.Name()}"] : [],
            .. options.Place.StandardLatency ? (string[])["standard_latency: true"] : [],
        ],
        _ => [],
    };

    /// <summary>In single quotes, in which YAML knows no escape but the quote itself.</summary>
    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
