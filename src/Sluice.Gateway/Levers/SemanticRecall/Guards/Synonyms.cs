using System.Collections.Frozen;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>Words that may stand for each other in a question; a line is a group.</summary>
internal static class Synonyms
{
    private static readonly FrozenDictionary<string, string> Groups = WordSets.Groups("""
        best good greatest top finest ideal
        way method approach manner means ways methods
        fast quickly quick rapidly rapid
        start begin started beginning
        buy purchase
        fix repair solve resolve
        delete remove erase
        create build
        find locate
        big large huge
        small little tiny
        difficult hard tough
        easy simple
        job career
        movie film movies films
        picture photo image pictures photos images
        company firm companies
        car automobile
        phone cellphone smartphone
        people persons folks
        kid child kids children
        important essential crucial
        happen occur
        learn study
        increase raise boost
        reduce lower decrease
        show display
        choose select pick
        error problem issue
        use utilize employ
        help assist
        answer reply
        tip advice tips suggestions
        earn make
        enjoy like
        think believe feel
        know understand
        say tell
        speak talk
        correct right proper
        cop policeman
        woman lady
        man guy
        colour color
        favourite favorite
        organise organize
        allowed permitted
        required needed necessary
        obtain get receive
        many number
        """);

    public static bool Are(string a, string b) => Groups.TryGetValue(a, out var first) && Groups.TryGetValue(b, out var second) && first == second;
}
