using System.Collections.Frozen;

namespace Sluice.Gateway.Levers.SemanticRecall.Texts;

/// <summary>English words that hold a sentence together and say little by themselves.</summary>
internal static class FunctionWords
{
    private static readonly FrozenSet<string> All = """
        a an the this that these those there here it its itself i me my mine myself you your yours yourself he him his she her hers we us our
        ours they them their theirs one ones someone somebody something anyone anybody anything people person
        am is are was were be been being do does did done doing have has had having will would shall should can could may might must
        to of in on at by for from with about into as and or but if so than then also too very really just
        what which who whom whose when where why how get got getting go going make makes please some any such
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    public static bool Contains(string lower) => All.Contains(lower);
}
