using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Sluice.Core.Pricing;

/// <summary>The models by id, by name and by what people type instead.</summary>
public sealed class ModelCatalog
{
    // Fewer letters stand in nearly every name.
    private const int LeastNamePart = 3;

    private readonly FrozenDictionary<string, KnownModel> _byId;
    private readonly FrozenDictionary<string, KnownModel> _byName;

    internal ModelCatalog(ImmutableArray<KnownModel> models)
    {
        All = models;
        var byId = new Dictionary<string, KnownModel>(StringComparer.Ordinal);
        var byName = new Dictionary<string, KnownModel>(StringComparer.Ordinal);
        foreach (var model in models)
        {
            foreach (var id in model.OtherIds.Prepend(model.Id).Where(i => i.Length > 0))
                byId.TryAdd(id, model);
        }
        foreach (var model in models)
        {
            foreach (var name in model.Aliases.Prepend(model.Name).Append(model.Id).Select(Plain).Where(n => n.Length > 0))
                byName.TryAdd(name, model);
        }
        // What is left of an id without vendor, date and revision is a name as long as only one model has it.
        foreach (var same in models.Where(m => m.Exists)
            .SelectMany(m => new[] { WithoutVendor(m.Id), WithoutVersion(m.Id) }.Select(Plain).Distinct(StringComparer.Ordinal).Select(n => (Name: n, Model: m)))
            .GroupBy(n => n.Name, n => n.Model, StringComparer.Ordinal))
        {
            if (same.Count() == 1)
                byName.TryAdd(same.Key, same.First());
        }
        _byId = byId.ToFrozenDictionary(StringComparer.Ordinal);
        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>In the order of their ids.</summary>
    public ImmutableArray<KnownModel> All { get; }

    /// <summary>The model of a base id or of one of its other ids; null where there is none. Ids with a context suffix (<c>...:0:48k</c>) count as the model's.</summary>
    public KnownModel? Find(string id)
    {
        if (_byId.TryGetValue(id, out var model))
            return model;
        var suffix = id.LastIndexOf(':');
        return suffix > 0 && (id.EndsWith('k') || id.EndsWith(":mm", StringComparison.Ordinal)) && _byId.TryGetValue(id[..suffix], out model) ? model : null;
    }

    /// <summary>The model that a person means by an id, a name or an alias, whatever its case and punctuation; null where none fits.</summary>
    public KnownModel? Resolve(string text) => Find(text) ?? _byName.GetValueOrDefault(Plain(text));

    /// <summary>
    /// Up to <paramref name="count"/> models whose names look most like <paramref name="text"/>: those with the text as a part of
    /// their name, the highest version first, and then the nearest in spelling.
    /// </summary>
    public ImmutableArray<KnownModel> Nearest(string text, int count = 3)
    {
        var wanted = Plain(WithoutVendor(text));
        var named = All
            .Where(m => m.Exists && wanted.Length >= LeastNamePart && Plain(m.Name).Contains(wanted, StringComparison.Ordinal))
            .OrderByDescending(m => m.Name, StringComparer.Ordinal);
        var spelt = _byName
            .Where(n => n.Value.Exists)
            .Select(n => (n.Value, Distance: Distance(wanted, n.Key)))
            .GroupBy(n => n.Value)
            .Select(g => (Model: g.Key, Distance: g.Min(n => n.Distance)))
            .Where(n => n.Distance <= Math.Max(2, wanted.Length / 2))
            .OrderBy(n => n.Distance).ThenBy(n => n.Model.Id, StringComparer.Ordinal)
            .Select(n => n.Model);
        return [.. named.Concat(spelt).Distinct().Take(count)];
    }

    private static string Plain(string text) =>
        string.Concat(text.Replace("+", "plus", StringComparison.Ordinal).Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant));

    /// <summary>Drops the vendor, which is one word before a dot with a letter behind it; the dots of version numbers stay.</summary>
    private static string WithoutVendor(string id)
    {
        var dot = id.IndexOf('.');
        return dot > 0 && dot + 1 < id.Length && id.AsSpan(0, dot).IndexOfAnyExceptInRange('0', 'z') < 0 && char.IsAsciiLetter(id[dot + 1]) ? id[(dot + 1)..] : id;
    }

    /// <summary>Drops the vendor and, from the end, a revision (<c>-v1:0</c>) and a date.</summary>
    private static string WithoutVersion(string id)
    {
        var name = WithoutVendor(id);
        var revision = name.LastIndexOf("-v", StringComparison.Ordinal);
        if (revision > 0 && name.AsSpan(revision + 2).IndexOfAnyExceptInRange('0', ':') < 0)
            name = name[..revision];
        return name.Length > 9 && name[^9] == '-' && name.AsSpan(name.Length - 8).IndexOfAnyExceptInRange('0', '9') < 0 ? name[..^9] : name;
    }

    /// <summary>Levenshtein's distance: how many letters must be added, removed or changed.</summary>
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
