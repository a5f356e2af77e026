using System.Collections.Frozen;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>How many or how often: all, most, some, few, only, always, sometimes. No and never are <see cref="NegationGuard"/>'s.</summary>
public sealed class QuantityGuard : IGuard
{
    private static readonly FrozenDictionary<string, string> Quantities = WordSets.Groups("""
        all every each everyone everybody everything entire whole
        most mostly majority
        few
        several many
        only solely exclusively
        always
        sometimes occasionally
        usually often frequently
        least
        less fewer
        almost nearly
        exactly precisely
        approximately roughly
        minimum minimal
        maximum maximal
        average mean
        median
        total sum
        top
        bottom
        single
        """);

    /// <summary>Words that say little where the other text has nothing of the kind.</summary>
    private static readonly FrozenSet<string> Weak = WordSets.Of("several most few usually single top mostly many average total");

    public string Name => "quantities";

    public string? Objection(Wording a, Wording b)
    {
        var (inA, inB) = (WordSets.Found(Quantities, a), WordSets.Found(Quantities, b));
        if (inA.SetEquals(inB))
            return null;
        var onlyOne = inA.Except(inB, StringComparer.Ordinal).Concat(inB.Except(inA, StringComparer.Ordinal)).ToList();
        var isStated = inA.Count > 0 && inB.Count > 0;
        return isStated || onlyOne.Exists(q => !Weak.Contains(q)) ? "how many or how often differs" : null;
    }
}
