using System.Collections.Immutable;
using System.Reflection;

namespace Sluice.Core.Pricing;

/// <summary>
/// How a model caches prompts. AWS has changed these figures between versions of its guide, so they are dated data; a model
/// without a rule is not cached by Sluice.
/// </summary>
/// <param name="MinimumTokens">Fewest tokens of the cumulative prefix (tools, system, messages) at a cache point; below, nothing is cached and nothing said.</param>
/// <param name="HasHour">It has a lifetime of one hour besides that of five minutes.</param>
/// <param name="TakesTools">Cache points may stand among the tools.</param>
/// <param name="Lookback">Content blocks before a point at which a cached prefix is looked for; 0 where only at the point itself.</param>
public sealed record CachingRule(string Model, DateOnly From, long MinimumTokens, bool HasHour, bool TakesTools, long Lookback, string Source, DateOnly SourceDate)
{
    internal static ImmutableArray<CachingRule> Read(TextReader csv, string name, List<PriceFileError> errors) =>
    [
        .. new CsvTable(name, errors)
            .Read(csv, "model", "from", "minimum_tokens", "hour", "tools", "lookback", "source", "source_date")
            .Select(line => new CachingRule(
                line.RequiredText("model"), line.Date("from"), line.Whole("minimum_tokens", blank: -1, atLeast: 1), line.YesOrBlank("hour"),
                line.YesOrBlank("tools"), line.Whole("lookback", blank: 0, atLeast: 0), line.RequiredText("source"), line.Date("source_date"))),
    ];
}

/// <summary>The caching rules that Sluice ships with, from caching.csv.</summary>
public static class CachingRules
{
    private static readonly Lazy<ImmutableArray<CachingRule>> Shipped = new(Load);

    /// <summary>The rule that has begun by the day (UTC) of <paramref name="at"/> and fits the model closest; null where none does.</summary>
    public static CachingRule? Find(string model, DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        CachingRule? best = null;
        foreach (var rule in Shipped.Value)
        {
            if (rule.From > day || !ModelPattern.Matches(rule.Model, model))
                continue;
            if (best is null || (ModelPattern.Closeness(rule.Model), rule.From).CompareTo((ModelPattern.Closeness(best.Model), best.From)) > 0)
                best = rule;
        }
        return best;
    }

    private static ImmutableArray<CachingRule> Load()
    {
        var errors = new List<PriceFileError>();
        using var csv = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("caching.csv")!);
        var rules = CachingRule.Read(csv, "caching.csv", errors);
        return errors.Count == 0 ? rules : throw new PriceFileException(errors);
    }
}
