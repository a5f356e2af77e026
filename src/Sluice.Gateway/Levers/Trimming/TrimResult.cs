namespace Sluice.Gateway.Levers.Trimming;

/// <summary>A trimmed text. It is never larger than what came in, and is that very string where nothing was to be done.</summary>
/// <param name="Edits">What was done, in the order of the places in the text that came in.</param>
public sealed record TrimResult(string Text, IReadOnlyList<TrimEdit> Edits)
{
    public bool IsChanged => Edits.Count > 0;

    /// <summary>All that was done.</summary>
    public TrimKinds Kinds => Edits.Aggregate(TrimKinds.None, (kinds, edit) => kinds | edit.Kind);

    /// <summary>Why a text that was to be trimmed came back as it was; null where there is nothing to tell.</summary>
    public string? LeftAlone { get; init; }
}

/// <summary>One change: <paramref name="Length"/> UTF-16 units at <paramref name="Start"/> of the text that came in are replaced.</summary>
/// <param name="Why">What was there and what became of it, without a word of the text itself, so that it may be logged.</param>
public sealed record TrimEdit(TrimKinds Kind, int Start, int Length, string Replacement, string Why)
{
    internal int End => Start + Length;
}
