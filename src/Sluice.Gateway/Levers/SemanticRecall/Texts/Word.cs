namespace Sluice.Gateway.Levers.SemanticRecall.Texts;

/// <summary>A word of a text as the guards see it.</summary>
/// <param name="Written">As it stands in the text.</param>
/// <param name="Lower">In lower case, with contractions written out.</param>
/// <param name="Stem">Without the endings of number, tense and manner.</param>
/// <param name="StartsSentence">Nothing stands before it in its sentence, so its capital says nothing.</param>
public readonly record struct Word(string Written, string Lower, string Stem, bool StartsSentence)
{
    public bool IsCapitalised => char.IsUpper(Written[0]);

    public bool IsNumber => char.IsAsciiDigit(Written[0]);

    /// <summary>It carries meaning of its own rather than grammar.</summary>
    public bool IsContent => !FunctionWords.Contains(Lower);
}
