using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>
/// They ask for different kinds of answer: a person, a time, a place, a reason, an amount. "What" and "how" ask for anything, so
/// they differ from those but not from each other: "how do I" and "what is the best way to" are one question.
/// </summary>
public sealed class QuestionGuard : IGuard
{
    private static readonly (string Phrase, string Asked)[] Phrases =
    [
        (" how many ", "amount"), (" the number ", "amount"), (" how much ", "amount"), (" how long ", "duration"), (" how old ", "age"), (" how far ", "distance"),
        (" how often ", "frequency"), (" how tall ", "height"), (" how big ", "size"), (" how fast ", "speed"), (" how come ", "reason"), (" what reason", "reason"),
        (" the reason", "reason"), (" what causes ", "reason"), (" what is the cause ", "reason"), (" what time ", "time"), (" what date ", "time"), (" what year ", "time"),
        (" which year ", "time"), (" what day ", "time"), (" how soon ", "time"), (" what place ", "place"), (" which place ", "place"), (" which city ", "place"), (" what is the cost ", "amount"),
        (" which country ", "place"), (" what person ", "person"), (" why ", "reason"), (" when ", "time"), (" where ", "place"), (" who ", "person"), (" whom ", "person"), (" whose ", "person"),
    ];

    public string Name => "question";

    public string? Objection(Wording a, Wording b) => Asked(a) == Asked(b) ? null : "they ask for different kinds of answer";

    /// <summary>What the last sentence with a question word at its beginning asks for.</summary>
    private static string? Asked(Wording text)
    {
        var line = WordSets.Line(text);
        // In the middle of a sentence these words mostly join clauses: "the best time when", "people who".
        var head = line[..Math.Min(line.Length, HeadLength(text))];
        foreach (var (phrase, asked) in Phrases)
        {
            if (head.Contains(phrase, StringComparison.Ordinal))
                return asked;
        }
        return null;
    }

    private static int HeadLength(Wording text) => 1 + text.Words.Take(4).Sum(w => w.Lower.Length + 1);
}
