namespace Sluice.Lab.Routers.Learning;

/// <summary>Which lines are held back together. Lines with the same prompt always are, or a router would be tested on what it was told.</summary>
internal static class Folds
{
    /// <returns>For each line, its fold from 0.</returns>
    public static int[] Of(string[] prompts, ReadOnlySpan<int> lines, int folds, int seed)
    {
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in lines)
            groups.TryAdd(prompts[line], groups.Count);
        var order = Enumerable.Range(0, groups.Count).ToArray();
        new Random(seed).Shuffle(order);
        var assigned = new int[lines.Length];
        for (var i = 0; i < lines.Length; i++)
            assigned[i] = order[groups[prompts[lines[i]]]] % folds;
        return assigned;
    }
}
