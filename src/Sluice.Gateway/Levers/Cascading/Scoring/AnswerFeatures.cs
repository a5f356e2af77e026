using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Cascading.Scoring;

/// <summary>
/// What an answer shows of its own soundness, for nothing: its form, its sums, its doubts, and whether it deals with what was
/// asked. No feature knows a task or a benchmark by name.
/// </summary>
public static class AnswerFeatures
{
    /// <summary>How many there are.</summary>
    public const int Count = 24;

    /// <summary>Of a longer text the first and the last half of this are looked at; this bounds the time of one made to be slow.</summary>
    public const int MaxChars = 16 * 1024;

    /// <summary>A number and the character before it, which tells whether it is a number of its own.</summary>
    private static readonly Regex Number = LinearRegex.Of(@"(?:^|[^\w.])(?<number>-?\d[\d,]*(?:\.\d+)?)");

    private static readonly Regex Sentence = LinearRegex.Of(@"[.!?](?:\s|$)");

    private static readonly string[] Markers = ["####", "\\boxed", "answer is", "final answer", "answer:", "therefore"];
    private static readonly string[] Hedges = ["maybe", "perhaps", "might be", "not sure", "unclear", "cannot", "can't", "assume", "assuming", "however", "it is not possible", "approximately", "not enough information"];
    private static readonly string[] Refusals = ["i'm sorry", "i am sorry", "i cannot", "i can't", "as an ai", "unable to"];

    /// <param name="prompt">What was asked.</param>
    /// <param name="answer">What was answered.</param>
    public static float[] Of(string prompt, string answer)
    {
        (prompt, answer) = (Ends(prompt), Ends(answer));
        var asked = Numbers(prompt);
        var given = Numbers(answer);
        var (equations, wrong) = Equations.Check(answer);
        var last = given.Count > 0 ? given[^1] : (Value: 0, Decimals: 0);
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var askedValues = asked.Select(n => n.Value).ToHashSet();
        var givenValues = given.Select(n => n.Value).ToHashSet();
        return
        [
            Log(answer.Length) - Log(prompt.Length),
            Log(lines.Length),
            Log(Sentence.Count(answer)),
            Log(asked.Count),
            Log(given.Count),
            Log(equations),
            Math.Min(wrong, 3),
            equations > 0 ? (float)wrong / equations : 0,
            Flag(Markers.Any(m => answer.Contains(m, StringComparison.OrdinalIgnoreCase))),
            Flag(lines.Length > 0 && lines[^1].StartsWith("####", StringComparison.Ordinal)),
            Log(answer.Split("<<").Length - 1),
            Flag(given.Count > 0),
            Math.Min(last.Decimals, 6),
            given.Count > 0 ? Math.Min(given.Max(n => n.Decimals), 8) : 0,
            Flag(given.Count > 0 && askedValues.Contains(last.Value)),
            Flag(last.Value < 0),
            (float)Math.Log10(1 + Math.Abs(last.Value)),
            askedValues.Count > 0 ? (float)askedValues.Count(givenValues.Contains) / askedValues.Count : 1,
            givenValues.Count > 0 ? (float)givenValues.Count(askedValues.Contains) / givenValues.Count : 0,
            Log(Hedges.Sum(h => Occurrences(answer, h))),
            Flag(Refusals.Any(r => answer.Contains(r, StringComparison.OrdinalIgnoreCase))),
            Flag(answer.TrimEnd() is [.., var end] && (char.IsAsciiDigit(end) || end is '.' or '!' or '?' or ')' or '}' or '`' or ']' or '|')),
            lines.Length > 0 ? (float)lines.Distinct(StringComparer.Ordinal).Count() / lines.Length : 1,
            lines.Length > 0 ? Log(lines[^1].Length) : 0,
        ];
    }

    private static string Ends(string text) => text.Length <= MaxChars ? text : string.Concat(text.AsSpan(0, MaxChars / 2), text.AsSpan(text.Length - (MaxChars / 2)));

    private static int Occurrences(ReadOnlySpan<char> text, string word)
    {
        var count = 0;
        for (int at; (at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase)) >= 0; text = text[(at + word.Length)..])
            count++;
        return count;
    }

    private static List<(double Value, int Decimals)> Numbers(string text)
    {
        var numbers = new List<(double, int)>();
        foreach (var match in Number.OverlappingMatches(text))
        {
            var digits = match.Groups["number"].ValueSpan;
            if (double.TryParse(digits, NumberStyles.Number, CultureInfo.InvariantCulture, out var value))
                numbers.Add((value, digits.IndexOf('.') is var point and >= 0 ? digits.Length - point - 1 : 0));
        }
        return numbers;
    }

    private static float Log(int count) => MathF.Log(1 + count);

    private static float Flag(bool holds) => holds ? 1 : 0;
}
