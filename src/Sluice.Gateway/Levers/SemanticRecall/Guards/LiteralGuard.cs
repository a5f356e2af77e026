using System.Text.RegularExpressions;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>Different literals: code in backticks, addresses, paths, versions, identifiers. They mean what they say, letter for letter.</summary>
public sealed partial class LiteralGuard : IGuard
{
    public string Name => "literals";

    public string? Objection(Wording a, Wording b)
    {
        var (inA, inB) = (Found(a.Text), Found(b.Text));
        // One may quote what the other names without quotes.
        return inA.All(l => b.Text.Contains(l, StringComparison.OrdinalIgnoreCase)) && inB.All(l => a.Text.Contains(l, StringComparison.OrdinalIgnoreCase))
            ? null
            : "the quoted, coded or addressed parts differ";
    }

    private static IEnumerable<string> Found(string text) => Literal().Matches(text).Select(m => m.Groups["inner"].Success ? m.Groups["inner"].Value : m.Value.TrimEnd('.', ',', '?', '!', ')'));

    // What may repeat is bounded, so that no text makes it slow; the time is a last resort, and long because a busy machine is no slow pattern.
    [GeneratedRegex("""`(?<inner>[^`\n]{1,500})`|\b\w{1,20}://\S+|www\.\S+|\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+|(?<![\w/])/[\w.-]+/[\w./-]+|\b[A-Za-z]:\\\S+|\bv?\d+\.\d+\.\d+\b|\b[A-Za-z]\w*_\w+\b|\b[a-z]+[A-Z]\w*\b|\b(?=\w*\d)(?=\w*[A-Za-z])\w{4,}-[\w-]+""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Literal();
}
