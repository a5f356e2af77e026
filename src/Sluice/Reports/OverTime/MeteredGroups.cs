using Sluice.Ledger.Queries;

namespace Sluice.Reports.OverTime;

/// <summary>What single calls can be grouped and chosen by.</summary>
internal static class MeteredGroups
{
    private const int MostDimensions = 2;

    public static readonly ReportParameter<string[]> By = new("by", "What to group by, at most two: app, model, key, tag:NAME and so on", (words, _) => Check(Dimensions.Split(words), MostDimensions))
    {
        IsList = true,
        Form = "NAME,...",
        Default = "none",
        Completions = word => Completions(word, ""),
    };

    public static readonly ReportParameter<IReadOnlyDictionary<string, IReadOnlyList<string>>> Where = new("where", "Only what has one of the values; a trailing * matches any suffix", ReadWhere)
    {
        IsList = true,
        Form = "NAME=VALUE,...",
        Completions = word => Completions(word, "="),
    };

    /// <exception cref="ReportMistakeException">One of the names is no dimension of calls.</exception>
    public static string[] Check(string[] names, int most)
    {
        if (names.Length > most)
            throw new ReportMistakeException($"by names {names.Length} dimensions; at most {most} can be had.");
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            throw new ReportMistakeException("by names a dimension twice.");
        if (Array.Find(names, n => !CallDimensions.IsKnown(n)) is { } unknown)
        {
            var near = Core.NearestName.Of(unknown, CallDimensions.All) is { } meant ? $" Did you mean '{meant}'?" : "";
            throw new ReportMistakeException($"Calls have no '{Core.PlainText.Of(unknown)}'; use {string.Join(", ", CallDimensions.All)} or tag:NAME.{near}");
        }
        return names;
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> ReadWhere(IReadOnlyList<string> words, ReportClock clock)
    {
        var conditions = Dimensions.Conditions(words);
        Check([.. conditions.Keys], int.MaxValue);
        return conditions;
    }

    private static IEnumerable<string> Completions(string word, string suffix)
    {
        var head = word[..(word.LastIndexOf(',') + 1)];
        return CallDimensions.All.Select(name => head + name + suffix).Where(offer => offer.StartsWith(word, StringComparison.Ordinal));
    }
}
