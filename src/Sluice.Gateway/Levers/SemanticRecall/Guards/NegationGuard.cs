using System.Collections.Frozen;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>One text denies what the other says, or denies something else: "with sugar" and "without sugar", "a man" and "no man".</summary>
public sealed class NegationGuard : IGuard
{
    private static readonly FrozenSet<string> Negations = WordSets.Of(
        "not no never none nobody nothing nowhere neither nor without except excluding unless hardly barely rarely seldom instead nt");

    public string Name => "negation";

    public string? Objection(Wording a, Wording b)
    {
        var (inA, inB) = (Denied(a), Denied(b));
        if (inA.Count != inB.Count)
            return "one denies what the other does not";
        return inA.SetEquals(inB) ? null : "they deny different things";
    }

    /// <summary>The first word of meaning behind each negation.</summary>
    private static HashSet<string> Denied(Wording text)
    {
        var denied = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < text.Words.Length; i++)
        {
            if (!Negations.Contains(text.Words[i].Lower))
                continue;
            var next = i + 1;
            while (next < text.Words.Length && !text.Words[next].IsContent)
                next++;
            denied.Add(next < text.Words.Length ? text.Words[next].Stem : "");
        }
        return denied;
    }
}
