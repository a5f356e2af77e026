using System.Collections.Frozen;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>Different bounds or directions of comparison: at least and at most, more than and less than, before and after, until and since.</summary>
public sealed class ComparisonGuard : IGuard
{
    private static readonly FrozenDictionary<string, string> Directions = WordSets.Groups("""
        > more greater higher larger bigger above over exceeding longer older faster heavier taller better stronger richer warmer hotter later
        < less fewer lower smaller below under beneath shorter younger slower lighter worse weaker poorer colder cooler earlier
        """);

    private static readonly FrozenSet<string> Times = WordSets.Of("before after until till since during while");

    public string Name => "comparison";

    public string? Objection(Wording a, Wording b)
    {
        if (!Bounds(a).SetEquals(Bounds(b)))
            return "the bounds or directions differ";
        return a.Words.Where(w => Times.Contains(w.Lower)).Select(w => Same(w.Lower)).ToHashSet(StringComparer.Ordinal)
            .SetEquals(b.Words.Where(w => Times.Contains(w.Lower)).Select(w => Same(w.Lower))) ? null : "before, after or until differs";
    }

    private static string Same(string lower) => lower switch { "till" => "until", "while" => "during", _ => lower };

    private static HashSet<string> Bounds(Wording text)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < text.Words.Length; i++)
        {
            var next = i + 1 < text.Words.Length ? text.Words[i + 1].Lower : "";
            if (text.Words[i].Lower == "at" && next is "least" or "most")
                found.Add(next == "least" ? "at least" : "at most");
            else if (text.Words[i].Lower == "up" && next == "to")
                found.Add("at most");
            else if (Directions.TryGetValue(text.Words[i].Lower, out var direction) && (next == "than" || (next.Length > 0 && char.IsAsciiDigit(next[0]))))
                found.Add(direction);
        }
        return found;
    }
}
