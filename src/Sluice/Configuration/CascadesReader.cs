using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Bedrock.Operations;
using Sluice.Core;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Cascading.Checks;
using Sluice.Gateway.Levers.Routing;

namespace Sluice.Configuration;

/// <summary>Reads a route's <c>cascade</c>: its steps, and what an answer has to pass.</summary>
internal static class CascadesReader
{
    private static readonly Dictionary<string, CascadeStreams> Streams = new(StringComparer.Ordinal) { ["hold"] = CascadeStreams.Hold, ["accept"] = CascadeStreams.Accept };

    public static CascadeOptions? Read(YamlSection route, ImmutableArray<RouteCandidate> candidates)
    {
        if (route.Section("cascade") is not { } section)
            return null;
        ImmutableArray<string> steps = [.. section.Texts("steps") ?? candidates.Select(c => c.Name)];
        foreach (var unknown in steps.Where(s => !candidates.Any(c => c.Name.Equals(s, StringComparison.OrdinalIgnoreCase))))
            section.Report("steps", $"has '{unknown}', which no model of the route is called; known here: {string.Join(", ", candidates.Select(c => c.Name))}");
        if (steps.Length < 2)
            section.Report("steps", "must name two models at least, cheapest first");
        var options = new CascadeOptions
        {
            Steps = steps,
            Streams = section.Choice("streams", Streams) ?? CascadeStreams.Hold,
            Judge = section.Text("judge") is { } judge ? ModelIdentifier.Parse(judge) : null,
            Scorer = Scorer(section),
            JudgePoints = section.Integer("judge_points", 1, 10) ?? 7,
        };
        var checks = section.Section("checks") is { } named ? Checks(named) : options.Checks;
        section.RejectUnknown();
        return options with { Checks = checks };
    }

    private static ScorerOptions? Scorer(YamlSection section)
    {
        var (file, share) = (section.FilePath("scorer"), section.Number("scorer_share", 0, 1));
        if (file is null && share is not null)
            section.Report("scorer_share", "says how many answers go on, and there is no scorer; name the file that 'sluice cascade train' writes (scorer: FILE)");
        else if (file is not null && share is null)
            section.Report("scorer_share", "is missing; it is the share of answers, from 0 to 1, that the scorer sends on, such as 0.25");
        return file is null ? null : new ScorerOptions(file, share ?? 0);
    }

    /// <summary>Reads what an answer has to pass.</summary>
    public static ImmutableArray<IAnswerCheck> Checks(YamlSection section)
    {
        var checks = ImmutableArray.CreateBuilder<IAnswerCheck>();
        // What every answer should pass is on unless the owner says otherwise; the rest is as the task asks.
        if (section.Flag("truncated") ?? true)
            checks.Add(new TruncatedCheck());
        if (section.Flag("refusal") ?? true)
            checks.Add(new RefusalCheck());
        if (section.Flag("hedging") ?? false)
            checks.Add(new HedgingCheck());
        if (section.Flag("tools") ?? false)
            checks.Add(new ToolsCheck());
        if (section.Flag("json") ?? false)
            checks.Add(new JsonCheck());
        if (section.FilePath("schema") is { } file && Schema(section, file) is { } schema)
            checks.Add(new JsonCheck(schema));
        if (section.Texts("fields") is { } fields)
            checks.Add(new FieldsCheck([.. fields]));
        if (section.Texts("one_of") is { } choices)
            checks.Add(new ChoiceCheck([.. choices]));
        if (section.Text("pattern") is { } pattern && Pattern(section, pattern) is { } regex)
            checks.Add(new PatternCheck(regex));
        if (section.Parse("length", ParseLength, "a range of characters such as 1-2000") is var (least, most))
            checks.Add(new LengthCheck(least, most));
        if (section.Text("language") is { } language)
            checks.Add(new LanguageCheck(language == "same" ? null : language));
        if (section.Number("source", 0, 1) is { } share)
            checks.Add(new SourceCheck(share));
        section.RejectUnknown();
        return checks.ToImmutable();
    }

    private static JsonSchema? Schema(YamlSection section, string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            if (JsonSchema.TryRead(json.RootElement, out var schema, out var whyNot))
                return schema;
            section.Report("schema", $"is '{file}', which can't be used: {whyNot}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            section.Report("schema", $"is '{file}', which can't be read as JSON: {e.Message}");
        }
        return null;
    }

    private static Regex? Pattern(YamlSection section, string pattern)
    {
        if (!LinearRegex.TryParse(pattern, out var regex, out var problem))
            section.Report("pattern", problem);
        return regex;
    }

    private static (int Least, int Most)? ParseLength(string text)
    {
        var parts = text.Split('-', StringSplitOptions.TrimEntries);
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var least)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var most) && least <= most ? (least, most) : null;
    }
}
