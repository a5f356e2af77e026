using System.Text;
using Sluice.Simulator.Tokens;

namespace Sluice.Simulator.Replies;

/// <summary>
/// A long text of plausible sentences, made once from the seed. A generated reply is a run of whole sentences of it, so
/// that answering takes no work but finding where to begin and to end.
/// </summary>
internal sealed class Corpus
{
    private const int Sentences = 4_000;
    private const int SentencesPerParagraph = 5;

    private static readonly string[] Subjects = [
        "the report", "our team", "the customer", "a smaller model", "the quarterly budget", "the data", "this approach", "the service",
        "the account holder", "every request", "the committee", "the new policy", "the market", "a careful reader", "the payment", "the application",
        "the first draft", "the schedule", "the second option", "the supplier", "the survey", "the contract", "the region", "a single example"];

    private static readonly string[] Verbs = [
        "shows", "explains", "requires", "improves", "depends on", "reduces", "supports", "describes", "replaces", "confirms", "limits",
        "covers", "changes", "follows", "includes", "suggests", "avoids", "measures"];

    private static readonly string[] Objects = [
        "the cost of each step", "a clear summary of the facts", "several independent sources", "the expected result", "the time that is left",
        "a better understanding of the risk", "the terms that both sides agreed on", "the main points in order", "fewer errors than before",
        "the way people work together", "a fair comparison", "the original question", "the next three months", "the balance at the end of the day",
        "two or three practical examples", "the information that is still missing", "the whole process from start to finish", "what was said before"];

    private static readonly string[] Openings = ["", "", "", "However, ", "In short, ", "For example, ", "As a rule, ", "In addition, ", "By contrast, ", "Over time, "];

    private static readonly string[] Endings = ["", "", "", " as well", " in most cases", " without further delay", " over the past year", " where it matters", ", which is worth noting"];

    private readonly byte[] _text;
    private readonly int[] _starts = new int[Sentences + 1];
    private readonly int[] _tokensBefore = new int[Sentences + 1];

    public Corpus(ulong seed)
    {
        var dice = new Dice(seed);
        var text = new StringBuilder();
        for (var i = 0; i < Sentences; i++)
        {
            _starts[i] = text.Length;
            var sentence = Pick(Openings, dice) + Pick(Subjects, dice) + " " + Pick(Verbs, dice) + " " + Pick(Objects, dice) + Pick(Endings, dice);
            text.Append(char.ToUpperInvariant(sentence[0])).Append(sentence, 1, sentence.Length - 1).Append('.')
                .Append(i % SentencesPerParagraph == SentencesPerParagraph - 1 ? "\n\n" : " ");
        }
        _starts[Sentences] = text.Length;
        // The text is ASCII, so that characters and bytes are the same.
        _text = Encoding.ASCII.GetBytes(text.ToString());
        for (var i = 0; i < Sentences; i++)
            _tokensBefore[i + 1] = _tokensBefore[i] + TokenCounter.Count(_text.AsSpan(_starts[i].._starts[i + 1]));
    }

    /// <summary>Whole sentences of about that many tokens in all, one at least.</summary>
    public ReadOnlyMemory<byte> Passage(int tokens, Dice dice)
    {
        var first = dice.Next(Sentences / 2);
        var last = Array.BinarySearch(_tokensBefore, first, Sentences - first, _tokensBefore[first] + tokens);
        last = Math.Max(first + 1, last < 0 ? ~last : last);
        return _text.AsMemory(_starts[first]..(Math.Min(_starts[last], _text.Length) - 1)).TrimEnd((byte)'\n');
    }

    private static string Pick(string[] words, Dice dice) => words[dice.Next(words.Length)];
}
