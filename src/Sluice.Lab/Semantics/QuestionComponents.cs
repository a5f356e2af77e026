namespace Sluice.Lab.Semantics;

/// <summary>
/// Which pairs hang together because they share a text. Folds that cut through such a group would let a model meet in the test
/// what it saw in training.
/// </summary>
public static class QuestionComponents
{
    /// <returns>For each pair the number of its group.</returns>
    public static int[] Of(IReadOnlyList<LabelledPair> pairs)
    {
        var (ids, parents) = Texts(pairs, onlyDuplicates: false);
        return [.. pairs.Select(p => Root(parents, ids[p.A]))];
    }

    /// <returns>For each text the number of its meaning: texts that a chain of duplicates joins have one.</returns>
    public static Dictionary<string, int> Meanings(IReadOnlyList<LabelledPair> pairs)
    {
        var (ids, parents) = Texts(pairs, onlyDuplicates: true);
        return ids.ToDictionary(id => id.Key, id => Root(parents, id.Value), StringComparer.Ordinal);
    }

    /// <summary>Deals whole groups out to folds, the same for the same seed.</summary>
    public static int[] Folds(IReadOnlyList<LabelledPair> pairs, int folds, int seed)
    {
        var groups = Of(pairs);
        var random = new Random(seed);
        var foldOf = new Dictionary<int, int>();
        foreach (var group in groups)
        {
            if (!foldOf.ContainsKey(group))
                foldOf[group] = random.Next(folds);
        }
        return [.. groups.Select(g => foldOf[g])];
    }

    private static (Dictionary<string, int> Ids, List<int> Parents) Texts(IReadOnlyList<LabelledPair> pairs, bool onlyDuplicates)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var parents = new List<int>();
        foreach (var pair in pairs)
        {
            var (a, b) = (Id(ids, parents, pair.A), Id(ids, parents, pair.B));
            if (pair.IsDuplicate || !onlyDuplicates)
                parents[Root(parents, a)] = Root(parents, b);
        }
        return (ids, parents);
    }

    private static int Id(Dictionary<string, int> ids, List<int> parents, string text)
    {
        if (ids.TryGetValue(text, out var id))
            return id;
        parents.Add(parents.Count);
        return ids[text] = parents.Count - 1;
    }

    private static int Root(List<int> parents, int id)
    {
        while (parents[id] != id)
            id = parents[id] = parents[parents[id]];
        return id;
    }
}
