using Sluice.Gateway.Levers.Trimming.Parts;

namespace Sluice.Gateway.Levers.Trimming;

/// <summary>
/// Trims the texts of one request, given in the order in which the model reads them, and knows a document again that was given before. What becomes of a text
/// depends only on it and on the texts in front of it, so a growing conversation keeps its prefix. For one request, on one thread.
/// </summary>
public sealed class RequestTrimmer(TrimOptions options)
{
    private readonly RepeatedTexts _repeats = new(options);

    /// <param name="isMarked">Whether the owner marks this text as data; else only what proves to be data is touched.</param>
    public TrimResult Trim(string text, bool isMarked)
    {
        if (!isMarked || !options.MarkedKinds.HasFlag(TrimKinds.Repeats) || text.Length < options.MinRepeatChars)
            return TextTrimmer.Trim(text, options, isMarked, _repeats);
        var whole = new DataPart(TextShape.Text, 0, text.Length);
        if (_repeats.Refer(text, whole) is { } reference)
            return new TrimResult(reference.Replacement, [reference]);
        var result = TextTrimmer.Trim(text, options, isMarked, _repeats);
        _repeats.Remember(text, whole, result.Text);
        return result;
    }
}
