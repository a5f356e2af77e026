using System.Collections.Frozen;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>They ask for an answer of another form or length, or do another thing with the same matter.</summary>
public sealed class FormatGuard : IGuard
{
    private static readonly FrozenDictionary<string, string> Forms = WordSets.Groups("""
        json
        csv
        tsv
        xml
        yaml yml
        toml
        html
        markdown
        latex
        pdf
        svg
        png
        jpg jpeg
        mp3
        mp4
        table tables
        bullet bullets bulleted
        list lists
        paragraph paragraphs
        sentence sentences
        essay
        poem
        email e-mail
        summary summarize summarise summarized
        translate translation
        explain explanation
        compare comparison difference differences
        define definition
        regex
        sql
        """);

    /// <summary>Words that mean a form only where the other text asks for another one.</summary>
    private static readonly FrozenSet<string> Weak = WordSets.Of("list table define explain compare email html sql sentence paragraph essay");

    public string Name => "format";

    public string? Objection(Wording a, Wording b)
    {
        var (inA, inB) = (WordSets.Found(Forms, a), WordSets.Found(Forms, b));
        if (inA.SetEquals(inB))
            return null;
        var onlyOne = inA.Except(inB, StringComparer.Ordinal).Concat(inB.Except(inA, StringComparer.Ordinal)).ToList();
        return (inA.Count > 0 && inB.Count > 0) || onlyOne.Exists(f => !Weak.Contains(f)) ? "they ask for different forms" : null;
    }
}
