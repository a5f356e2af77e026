using System.Text;
using Sluice.Gateway.Levers.Trimming.Parts;

namespace Sluice.Gateway.Levers.Trimming;

/// <summary>
/// Trims the texts of one request, given in the order in which the model reads them, and knows a document again that was given before. What becomes of a text
/// depends only on it and on the texts in front of it, so a growing conversation keeps its prefix. For one request, on one thread.
/// </summary>
public sealed class RequestTrimmer(TrimOptions options)
{
    private readonly RepeatedTexts _repeats = new(options);

    /// <param name="isMarked">Whether the owner marks this text as data; else only what proves to be data, or stands between tags that the owner names, is touched.</param>
    public TrimResult Trim(string text, bool isMarked)
    {
        if (!isMarked)
            return options.DataTags.Count > 0 && MarkedSpans.In(text, options.DataTags) is { Count: > 0 } spans ? TrimBetween(text, spans) : TextTrimmer.Trim(text, options, isMarked, _repeats);
        return TrimMarked(text);
    }

    private TrimResult TrimMarked(string text)
    {
        if (!options.MarkedKinds.HasFlag(TrimKinds.Repeats) || text.Length < options.MinRepeatChars)
            return TextTrimmer.Trim(text, options, isMarked: true, _repeats);
        var whole = new DataPart(TextShape.Text, 0, text.Length);
        if (_repeats.Refer(text, whole) is { } reference)
            return new TrimResult(reference.Replacement, [reference]);
        var result = TextTrimmer.Trim(text, options, isMarked: true, _repeats);
        _repeats.Remember(text, whole, result.Text);
        return result;
    }

    /// <summary>What stands between the owner's tags is trimmed as marked; the words around it are the caller's.</summary>
    private TrimResult TrimBetween(string text, List<(int Start, int End)> spans)
    {
        var (trimmed, edits, at) = (new StringBuilder(text.Length), new List<TrimEdit>(), 0);
        foreach (var (start, end) in spans)
        {
            var result = TrimMarked(text[start..end]);
            edits.AddRange(result.Edits.Select(edit => edit with { Start = edit.Start + start }));
            trimmed.Append(text, at, start - at).Append(result.Text);
            at = end;
        }
        return edits.Count == 0 ? new TrimResult(text, []) : new TrimResult(trimmed.Append(text, at, text.Length - at).ToString(), edits);
    }
}
