using System.Collections.Immutable;
using System.Globalization;
using Sluice.Bedrock.Operations;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;

namespace Sluice.Configuration;

/// <summary>Reads <c>model_routes</c>: for some calls, the models that may serve them and the rules that choose.</summary>
internal static class ModelRoutesReader
{
    public static ImmutableArray<ModelRoute> Read(YamlSection top)
    {
        var routes = ImmutableArray.CreateBuilder<ModelRoute>();
        foreach (var section in top.Sections("model_routes"))
        {
            if (Route(section) is { } route)
                routes.Add(route);
            section.RejectUnknown();
        }
        return routes.ToImmutable();
    }

    private static ModelRoute? Route(YamlSection section)
    {
        var scope = new LeverScope { App = section.Text("app"), Task = section.Text("task"), KeyId = section.Text("key"), Models = section.Text("asked") };
        var candidates = ImmutableArray.CreateBuilder<RouteCandidate>();
        if (section.Section("models") is { } models)
        {
            foreach (var (name, id) in models.AllTexts())
                candidates.Add(new RouteCandidate(name, ModelIdentifier.Parse(id)));
            ReadPromptRouters(section, candidates);
        }
        if (candidates.Count == 0)
        {
            section.Report("models", "is missing or empty; it names the models that may serve, cheapest first, such as { small: us.amazon.nova-lite-v1:0 }");
            return null;
        }
        var route = new ModelRoute
        {
            Scope = scope,
            Name = section.Text("name") ?? NameOf(scope),
            Candidates = candidates.ToImmutable(),
            Floor = section.Text("floor"),
        };
        if (route.Floor is { } floor && route.IndexOf(floor) < 0)
            section.Report("floor", Unknown(floor, route));
        route = route with { Router = Router(section, route), Cascade = CascadesReader.Read(section, route.Candidates) };
        return route with { Rules = [.. section.Sections("rules").Select(rule => Rule(rule, route))] };
    }

    /// <summary>What AWS's own routers choose between, which their ARNs do not tell.</summary>
    private static void ReadPromptRouters(YamlSection section, ImmutableArray<RouteCandidate>.Builder candidates)
    {
        if (section.Section("prompt_routers") is not { } routers)
            return;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (routers.Texts(candidates[i].Name) is not { } models)
                continue;
            if (!candidates[i].IsPromptRouter)
                routers.Report(candidates[i].Name, "is no prompt router; its model is no ARN of prompt-router or default-prompt-router");
            candidates[i] = candidates[i] with { Between = [.. models.Select(ModelIdentifier.Parse)] };
        }
        routers.RejectUnknown();
    }

    private static RouterOptions? Router(YamlSection section, ModelRoute route)
    {
        if (section.Section("router") is not { } router)
            return null;
        var (file, weak, strong) = (router.FilePath("file"), router.Text("weak") ?? route.Candidates[0].Name, router.Text("strong") ?? route.Candidates[^1].Name);
        var (share, quality) = (router.Number("strong_share", 0, 1), router.Number("quality_floor", 0, 1));
        if (file is null)
            router.Report("file", "is missing; it is the model file that 'sluice router train' writes");
        if (share is null == quality is null)
            router.Report("strong_share", "or quality_floor, one of the two, says how many calls go to the strong model");
        foreach (var (setting, name) in ((string, string)[])[("weak", weak), ("strong", strong)])
        {
            if (route.IndexOf(name) < 0)
                router.Report(setting, Unknown(name, route));
        }
        router.RejectUnknown();
        return file is null ? null : new RouterOptions(file, share, quality, weak, strong);
    }

    private static RouteRule Rule(YamlSection section, ModelRoute route)
    {
        var use = section.Text("use");
        if (use is null)
            section.Report("use", "is missing; it is the name of one of the route's models, router, cascade or asked");
        else if (use.Equals(RouteRule.Router, StringComparison.OrdinalIgnoreCase) && route.Router is null)
            section.Report("use", "is 'router', and the route has none; give it router: { file: ..., strong_share: 0.3 }");
        else if (use.Equals(RouteRule.Cascade, StringComparison.OrdinalIgnoreCase) && route.Cascade is null)
            section.Report("use", "is 'cascade', and the route has none; give it cascade: { steps: [...], checks: { json: yes } }");
        else if (route.IndexOf(use) < 0 && use.ToLowerInvariant() is not (RouteRule.Asked or RouteRule.Router or RouteRule.Cascade))
            section.Report("use", Unknown(use, route));
        var rule = new RouteRule
        {
            Use = use ?? RouteRule.Asked,
            Task = section.Text("task"),
            Hint = section.Text("hint"),
            Streamed = section.Flag("streamed"),
            InputTokens = Range(section, "input_tokens"),
            Depth = Range(section, "depth"),
            Tools = section.Flag("tools"),
            Images = section.Flag("images"),
            Documents = section.Flag("documents"),
            Json = section.Flag("json"),
            Languages = [.. section.Texts("language") ?? []],
            Keywords = [.. section.Texts("keywords") ?? []],
            BudgetUsed = section.Parse("budget_used", t => ParseRange(t.Replace("%", "", StringComparison.Ordinal)), "a share of a budget such as '>=80%' or 50-80%"),
            Hours = section.Parse("hours", ParseHours, "hours of the day in UTC such as 22:00-06:00"),
        };
        section.RejectUnknown();
        return rule;
    }

    private static string Unknown(string name, ModelRoute route) =>
        $"is '{name}', which no model of the route is called; known here: {string.Join(", ", route.Candidates.Select(c => c.Name))}";

    private static string NameOf(LeverScope scope) =>
        string.Join(' ', ((string?[])[scope.App, scope.Task, scope.KeyId, scope.Models]).Where(t => t is not null)) is { Length: > 0 } name ? name : "all";

    private static CountRange? Range(YamlSection section, string name) => section.Parse(name, ParseRange, "a number or a range such as '>8000', '<=500' or 100-2000");

    private static CountRange? ParseRange(string text)
    {
        var (digits, least, most) = text switch
        {
            ['>', '=', .. var rest] => (rest, 0L, long.MaxValue),
            ['>', .. var rest] => (rest, 1L, long.MaxValue),
            ['<', '=', .. var rest] => (rest, 0L, 0L),
            ['<', .. var rest] => (rest, 0L, -1L),
            _ => ("", 0L, 0L),
        };
        if (digits.Length > 0)
            return Number(digits) is not { } bound ? null : most == long.MaxValue ? new CountRange(bound + least, most) : new CountRange(0, bound + most);
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
            return Number(text) is { } one ? new CountRange(one, one) : null;
        return Number(text[..dash]) is { } from && Number(text[(dash + 1)..]) is { } to && from <= to ? new CountRange(from, to) : null;
    }

    private static long? Number(string text) => long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static HourRange? ParseHours(string text)
    {
        var parts = text.Split('-', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && Time(parts[0]) is { } from && Time(parts[1]) is { } to && from != to ? new HourRange(from, to) : null;
    }

    private static TimeOnly? Time(string text) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
