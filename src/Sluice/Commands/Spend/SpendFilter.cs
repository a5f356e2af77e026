using Sluice.Ledger.Queries;

namespace Sluice.Commands.Spend;

/// <summary>Reads the words of a spend question, the same on the command line and over HTTP.</summary>
internal static class SpendFilter
{
    /// <summary>The dimensions of a comma-separated list, or the mistake.</summary>
    public static (IReadOnlyList<string> Dimensions, string? Mistake) Dimensions(IEnumerable<string> words)
    {
        var dimensions = words.SelectMany(w => w.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        var unknown = dimensions.Find(d => !SpendQuery.IsDimension(d));
        return (dimensions, unknown is null ? null : $"'{unknown}' can't be summed by; use {string.Join(", ", SpendQuery.Dimensions)} or tag:NAME.");
    }

    /// <summary>The conditions <c>name=value[,value]</c>, or the mistake.</summary>
    public static (IReadOnlyDictionary<string, IReadOnlyList<string>> Filters, string? Mistake) Filters(IEnumerable<string> words)
    {
        var filters = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            if (equals < 0 || !SpendQuery.IsDimension(name))
                return (filters, $"'{word}' is no condition; write NAME=VALUE where NAME is one of {string.Join(", ", SpendQuery.Dimensions)} or tag:NAME.");
            filters[name] = word[(equals + 1)..].Split(',');
        }
        return (filters, null);
    }
}
