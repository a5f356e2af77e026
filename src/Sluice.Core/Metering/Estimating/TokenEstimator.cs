namespace Sluice.Core.Metering.Estimating;

/// <summary>
/// Counts tokens without a vocabulary, from the classes of characters and where runs of them begin. The counts are those of OpenAI's o200k vocabulary, for want of
/// published ones of the models on Bedrock; <see cref="TokenCalibration"/> learns from real usage how each model differs from it.
/// </summary>
public static class TokenEstimator
{
    /// <summary>Estimates a text whose kind shows in its characters.</summary>
    public static TokenEstimate Estimate(ReadOnlySpan<char> text)
    {
        var counts = CharacterCounts.Of(text);
        return Estimate(counts, KindOf(counts, text));
    }

    /// <summary>Estimates a text whose kind the caller knows.</summary>
    public static TokenEstimate Estimate(ReadOnlySpan<char> text, ContentKind kind) => Estimate(CharacterCounts.Of(text), kind);

    private static TokenEstimate Estimate(in CharacterCounts counts, ContentKind kind)
    {
        var weights = TokenWeights.Of(kind);
        var tokens = (long)Math.Round(weights.Tokens(counts));
        return new TokenEstimate(kind, counts.Chars > 0 ? Math.Max(1, tokens) : 0, weights.Error);
    }

    /// <summary>The shares are where texts of known kinds parted best.</summary>
    private static ContentKind KindOf(in CharacterCounts c, ReadOnlySpan<char> text)
    {
        if (c.Lettered + c.Ideographs > c.Chars / 5)
            return ContentKind.Script;
        if (c.Angles * 40 > c.Chars)
            return ContentKind.Markup;
        if ((c.Blanks + c.Breaks) * 60 < c.Chars && c.Marks * 20 < c.Chars)
            return ContentKind.Dense;
        if (c.Quotes * 25 > c.Chars && text.TrimStart() is ['{' or '[', ..])
            return ContentKind.Json;
        if (c.Commas * 25 > c.Chars && c.Signs * 50 < c.Chars && c.Breaks > 0)
            return ContentKind.Csv;
        return c.Signs * 55 > c.Chars || (c.Gaps * 45 > c.Chars && c.Marks * 16 > c.Chars) ? ContentKind.Code : ContentKind.Prose;
    }
}
