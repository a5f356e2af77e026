namespace Sluice.Gateway.Levers.SemanticRecall.Texts;

/// <summary>A text taken apart into words, once, for all guards and for the verifier.</summary>
public sealed class Wording
{
    private readonly HashSet<string> _lower;

    private Wording(string text, Word[] words)
    {
        (Text, Words) = (text, words);
        Stems = words.Select(w => w.Stem).ToHashSet(StringComparer.Ordinal);
        _lower = words.Select(w => w.Lower).ToHashSet(StringComparer.Ordinal);
        Content = [.. words.Where(w => w.IsContent)];
    }

    public string Text { get; }

    public Word[] Words { get; }

    /// <summary>The words that carry meaning, in order.</summary>
    public Word[] Content { get; }

    public HashSet<string> Stems { get; }

    public bool Has(string lower) => _lower.Contains(lower);

    public static Wording Of(string text)
    {
        var words = new List<Word>(text.Length / 5);
        var startsSentence = true;
        for (var i = 0; i < text.Length;)
        {
            if (!IsLetter(text, i) && !char.IsDigit(text[i]))
            {
                startsSentence |= text[i] is '.' or '?' or '!' or ':' or '\n' or '"' or '“' or '(';
                i++;
                continue;
            }
            var start = i++;
            while (i < text.Length && Continues(text, i))
                i++;
            Add(words, text[start..i], startsSentence);
            startsSentence = false;
        }
        return new(text, [.. words]);
    }

    private static bool IsLetter(string text, int i) => char.IsLetter(text[i]) || char.IsSurrogate(text[i]);

    private static bool IsIdeograph(char c) => c is >= '\u3040' and <= '\u30ff' or >= '\u3400' and <= '\u9fff';

    /// <summary>Apostrophes, decimal points and underscores hold a word together where it goes on behind them; so do the signs of C++ and C#.</summary>
    private static bool Continues(string text, int i)
    {
        if (i > 0 && IsIdeograph(text[i - 1]))
            return false;
        if (IsLetter(text, i) || char.IsDigit(text[i]))
            return i == 0 || !IsIdeograph(text[i]) || !char.IsLetterOrDigit(text[i - 1]);
        if (text[i] is '+' or '#' && i > 0 && (char.IsLetter(text[i - 1]) || text[i - 1] == '+'))
            return i + 1 >= text.Length || !char.IsLetterOrDigit(text[i + 1]);
        if (text[i] is '\'' or '’' or '.' or '_' or ',')
        {
            var isBetween = i > 0 && i + 1 < text.Length && char.IsLetterOrDigit(text[i - 1]) && char.IsLetterOrDigit(text[i + 1]);
            return text[i] switch
            {
                ',' => isBetween && char.IsDigit(text[i - 1]) && char.IsDigit(text[i + 1]),
                '.' => isBetween && (char.IsDigit(text[i - 1]) || char.IsLower(text[i + 1])),
                _ => isBetween,
            };
        }
        return false;
    }

    private static void Add(List<Word> words, string written, bool startsSentence)
    {
        var lower = Contractions.Resolve(written.Replace('’', '\'').ToLowerInvariant(), out var second);
        if (lower.Length > 0)
            words.Add(new(written, lower, Stemmer.StemOf(lower), startsSentence));
        if (second is not null)
            words.Add(new(second, second, second, false));
    }
}
