namespace Sluice.Core;

/// <summary>Counts in sentences: <c>1 row</c>, <c>1,234 rows</c>, <c>2 entries</c>.</summary>
public static class Counted
{
    /// <summary>A count with its noun.</summary>
    /// <param name="noun">Of one; only its last word changes.</param>
    public static string Of(long count, string noun) => FormattableString.Invariant($"{count:#,0} {Word(count, noun, Plural(noun))}");

    /// <summary>The word that goes with a count, such as <c>is</c> or <c>are</c>.</summary>
    public static string Word(long count, string one, string several) => count is 1 or -1 ? one : several;

    /// <summary>The regular plural of an English noun.</summary>
    public static string Plural(string noun) => noun switch
    {
        [.., 's' or 'x' or 'z'] or [.., 'c' or 's', 'h'] => noun + "es",
        [.., not ('a' or 'e' or 'i' or 'o' or 'u'), 'y'] => noun[..^1] + "ies",
        _ => noun + "s",
    };
}
