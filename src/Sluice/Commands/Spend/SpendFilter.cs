namespace Sluice.Commands.Spend;

/// <summary>Reads the words of a spend question, the same on the command line and over HTTP.</summary>
internal static class SpendFilter
{
    /// <summary>The dimensions of a comma-separated list, or the mistake.</summary>
    public static (IReadOnlyList<string> Dimensions, string? Mistake) Dimensions(IEnumerable<string> words, SpendBasis basis)
    {
        var dimensions = words.SelectMany(w => w.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        return (dimensions, dimensions.Find(d => !basis.IsDimension(d)) is { } unknown ? basis.Unknown(unknown) : null);
    }

    /// <summary>What a shell can offer: the dimensions of both bases, the last of a list with commas completed.</summary>
    public static IEnumerable<string> Completions(string word, string suffix)
    {
        var head = word[..(word.LastIndexOf(',') + 1)];
        return SpendBasis.Metered.Dimensions.Union(SpendBasis.Billed.Dimensions, StringComparer.Ordinal)
            .Select(name => head + name + suffix).Where(offer => offer.StartsWith(word, StringComparison.Ordinal));
    }

    /// <summary>The conditions <c>name=value[,value]</c>, or the mistake.</summary>
    public static (IReadOnlyDictionary<string, IReadOnlyList<string>> Filters, string? Mistake) Filters(IEnumerable<string> words, SpendBasis basis)
    {
        var filters = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                return (filters, $"'{word}' is no condition; write NAME=VALUE, such as app=chat.");
            if (!basis.IsDimension(word[..equals]))
                return (filters, basis.Unknown(word[..equals]));
            filters[word[..equals]] = word[(equals + 1)..].Split(',');
        }
        return (filters, null);
    }
}
