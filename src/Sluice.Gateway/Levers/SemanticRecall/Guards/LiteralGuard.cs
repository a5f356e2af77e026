using System.Buffers;
using System.Text.RegularExpressions;
using Sluice.Core;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>Different literals: code in backticks, addresses, paths, versions, identifiers. They mean what they say, letter for letter.</summary>
public sealed class LiteralGuard : IGuard
{
    private static readonly SearchValues<char> AsciiLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly Regex Literal = LinearRegex.Of(
        @"`(?<inner>[^`\n]{1,500})`|\b\w{1,20}://\S+|www\.\S+|\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+"
        + @"|(?:^|[^\w/])(?<path>/[\w.-]+/[\w./-]+)|\b[A-Za-z]:\\\S+|\bv?\d+\.\d+\.\d+\b"
        + @"|\b[A-Za-z]\w*_\w+\b|\b[a-z]+[A-Z]\w*\b|\b(?<word>\w{4,})-[\w-]");

    public string Name => "literals";

    public string? Objection(Wording a, Wording b)
    {
        var (inA, inB) = (Found(a.Text), Found(b.Text));
        // One may quote what the other names without quotes.
        return inA.All(l => b.Text.Contains(l, StringComparison.OrdinalIgnoreCase)) && inB.All(l => a.Text.Contains(l, StringComparison.OrdinalIgnoreCase))
            ? null
            : "the quoted, coded or addressed parts differ";
    }

    private static IEnumerable<string> Found(string text)
    {
        for (var match = Literal.Match(text); match.Success;)
        {
            var end = match.Index + match.Length;
            if (match.Groups["word"] is { Success: true } word)
            {
                // In "gpt4-mini" the word needs a letter and a digit, or "well-known" would be an identifier.
                if (!word.ValueSpan.ContainsAnyInRange('0', '9') || !word.ValueSpan.ContainsAny(AsciiLetters))
                {
                    match = Literal.Match(text, word.Index + word.Length);
                    continue;
                }
                while (end < text.Length && (text[end] == '-' || IsWord(text[end])))
                    end++;
                yield return text[match.Index..end];
            }
            else if (match.Groups["inner"] is { Success: true } inner)
            {
                yield return inner.Value;
            }
            else
            {
                var literal = match.Groups["path"] is { Success: true } path ? path : (Group)match;
                yield return literal.Value.TrimEnd('.', ',', '?', '!', ')');
            }
            match = Literal.Match(text, end);
        }
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
