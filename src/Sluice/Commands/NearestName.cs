namespace Sluice.Commands;

/// <summary>Finds the name that someone meant.</summary>
internal static class NearestName
{
    /// <summary>The name most like a word: the same in another case, then one that holds it, then the one with the fewest letters to change; null where none is near.</summary>
    public static string? To(string word, IEnumerable<string> names)
    {
        if (word.Length == 0)
            return null;
        var lower = word.ToLowerInvariant();
        return names
            .Select(name => (Name: name, Distance: Distance(lower, name.ToLowerInvariant())))
            .Where(n => n.Distance * 2 < Math.Max(word.Length, 2) || n.Distance == 1)
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal)
            .Select(n => n.Name).FirstOrDefault();
    }

    /// <summary>Letters added, lost, changed, or changed with their neighbours; a word that is part of a name is nearer than any slip.</summary>
    private static int Distance(string word, string name)
    {
        if (word.Length >= 3 && name.Contains(word, StringComparison.Ordinal))
            return name == word ? 0 : 1;
        var rows = new int[word.Length + 1, name.Length + 1];
        for (var i = 0; i <= word.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= name.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= word.Length; i++)
        {
            for (var j = 1; j <= name.Length; j++)
            {
                var change = rows[i - 1, j - 1] + (word[i - 1] == name[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, change);
                if (i > 1 && j > 1 && word[i - 1] == name[j - 2] && word[i - 2] == name[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[word.Length, name.Length];
    }
}
