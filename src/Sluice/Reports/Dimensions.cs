using Sluice.Core;
using Sluice.Insights.Spend;
using Sluice.Ledger.Queries;

namespace Sluice.Reports;

/// <summary>What answers can be grouped and filtered by, for calls as the gateway metered them and for bills.</summary>
internal sealed record Dimensions(string Basis, string Of, IReadOnlyList<string> Names, Func<string, bool> IsKnown)
{
    public static Dimensions Metered { get; } = new("metered", "The ledger", SpendQuery.Dimensions, SpendQuery.IsDimension);

    public static Dimensions Billed { get; } = new("billed", "A bill", BillDimensions.Names, BillDimensions.IsDimension);

    public static Dimensions Find(string basis) => basis == Metered.Basis ? Metered : Billed;

    /// <summary>The names of lists with commas, in order.</summary>
    public static string[] Split(IEnumerable<string> words) =>
        [.. words.SelectMany(w => w.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    /// <summary>The conditions <c>NAME=VALUE[,VALUE]</c>; a trailing * matches any suffix. The names are not checked yet.</summary>
    /// <exception cref="ReportMistakeException">A word is no condition.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Conditions(IEnumerable<string> words)
    {
        var conditions = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new ReportMistakeException($"where '{Core.PlainText.Of(word)}' is no condition; write NAME=VALUE, such as app=chat.");
            var name = word[..equals];
            if (!conditions.TryAdd(name, word[(equals + 1)..].Split(',')))
                throw new ReportMistakeException($"where names '{Core.PlainText.Of(name)}' twice; write its values with commas, such as {name}=a,b.");
        }
        return conditions;
    }

    /// <summary>What a shell can offer: the dimensions of both, the last of a list with commas completed.</summary>
    public static IEnumerable<string> Completions(string word, string suffix)
    {
        var head = word[..(word.LastIndexOf(',') + 1)];
        return Metered.Names.Union(Billed.Names, StringComparer.Ordinal)
            .Select(name => head + name + suffix).Where(offer => offer.StartsWith(word, StringComparison.Ordinal));
    }

    /// <exception cref="ReportMistakeException">One of the names is no dimension.</exception>
    public void Check(IEnumerable<string> names)
    {
        if (names.FirstOrDefault(n => !IsKnown(n)) is { } unknown)
            throw new ReportMistakeException(Unknown(unknown));
    }

    private string Unknown(string name)
    {
        var other = this == Metered ? Billed : Metered;
        var hint = other.IsKnown(name) ? $" --basis {other.Basis} has '{name}'."
            : NearestName.Of(name, Names) is { } near ? $" Did you mean '{near}'?" : "";
        return $"{Of} knows no '{Core.PlainText.Of(name)}'; use {string.Join(", ", Names)} or tag:NAME.{hint}";
    }
}
