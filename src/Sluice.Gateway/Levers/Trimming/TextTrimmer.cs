using System.Text;
using Sluice.Gateway.Levers.Trimming.Parts;
using Sluice.Gateway.Levers.Trimming.Runs;

namespace Sluice.Gateway.Levers.Trimming;

/// <summary>
/// Writes data in fewer tokens without changing what it says. Pure: the same text and options give the same result. The result is never larger than the text, in
/// UTF-16 and in UTF-8; fenced code stays as it is; whatever can't be read stays as it is; trimming a result again changes nothing.
/// </summary>
public static class TextTrimmer
{
    private const string Unreadable = "a text that can't be read stays as it is";

    /// <summary>Trims a text that its owner marks as data.</summary>
    public static TrimResult Trim(string text, TrimOptions options) => Trim(text, options, isMarked: true, new RepeatedTexts(options));

    /// <summary>Trims a text that nobody marked, where it is data beyond doubt: all of it, or all between the tags of a document, is one table, page or JSON document.</summary>
    public static TrimResult TrimProvable(string text, TrimOptions options) => Trim(text, options, isMarked: false, new RepeatedTexts(options));

    /// <summary>
    /// Trims a text of which the caller knows the shape. The shape is that of the text that comes in: what comes out of markup is none any more, and is not to be
    /// trimmed as such again.
    /// </summary>
    public static TrimResult TrimAs(string text, TextShape shape, TrimOptions options)
    {
        if (shape == TextShape.Text)
            return Trim(text, options);
        try
        {
            var (edit, leftAlone) = DataRewrite.Of(text, new DataPart(shape, 0, text.Length), TrimKinds.All, options);
            return edit is null ? Untouched(text, leftAlone) : Smaller(text, [edit], null);
        }
        catch (Exception)
        {
            // See Trim.
            return Untouched(text, Unreadable);
        }
    }

    /// <summary>Whether there may be anything to trim. A no costs a few vectorised scans; a yes may turn out to be wrong.</summary>
    public static bool MayTrim(ReadOnlySpan<char> text, TrimOptions options, bool isMarked)
    {
        var kinds = isMarked ? options.MarkedKinds : options.ProvableKinds;
        if (kinds != TrimKinds.None && ProvableParts.MayHold(text))
            return true;
        return isMarked
            && ((Has(kinds, TrimKinds.Whitespace) && BlankRuns.MayHold(text))
                || (Has(kinds, TrimKinds.Blobs) && Base64Blobs.MayHold(text, options.MinBlobChars))
                || (Has(kinds, TrimKinds.Json) && ProseParts.MayHoldJson(text))
                || (Has(kinds, TrimKinds.Tables | TrimKinds.Pages) && MarkupSpans.MayHold(text)));
    }

    internal static TrimResult Trim(string text, TrimOptions options, bool isMarked, RepeatedTexts repeats)
    {
        if (!MayTrim(text, options, isMarked))
            return Untouched(text, null);
        try
        {
            var kinds = isMarked ? options.MarkedKinds : options.ProvableKinds;
            var (edits, leftAlone) = Edits(text, kinds, options, isMarked, repeats);
            if (edits.Count == 0)
                return Untouched(text, leftAlone);
            var result = Smaller(text, edits, leftAlone);
            // Text that was escaped in markup may look like data once it is unescaped. Reading it as such would change what it says.
            return Edits(result.Text, kinds, options, isMarked, new RepeatedTexts(options)).Edits.Count == 0 ? result : Untouched(text, "a text that reads otherwise once it is trimmed stays as it is");
        }
        catch (Exception)
        {
            // Whatever a library throws at markup that it can't read, the caller's own text is always there to be sent.
            return Untouched(text, Unreadable);
        }
    }

    private static (List<TrimEdit> Edits, string? LeftAlone) Edits(string text, TrimKinds kinds, TrimOptions options, bool isMarked, RepeatedTexts repeats)
    {
        var edits = new List<TrimEdit>();
        string? leftAlone = null;
        var free = Fences.Outside(text);
        var parts = ProvableParts.In(text).Where(part => free.Exists(f => f.Start <= part.Start && part.End <= f.End)).ToList();
        if (isMarked)
            parts = ProseParts.Add(text, parts, free);
        foreach (var part in parts)
        {
            if (Has(kinds, TrimKinds.Repeats) && repeats.Refer(text, part) is { } reference)
            {
                edits.Add(reference);
                continue;
            }
            var (edit, why) = DataRewrite.Of(text, part, kinds, options);
            leftAlone ??= why;
            if (edit is not null)
                edits.Add(edit);
            repeats.Remember(text, part, edit?.Replacement);
        }
        if (isMarked)
        {
            foreach (var (start, end) in Gaps(free, parts))
            {
                if (Has(kinds, TrimKinds.Whitespace))
                    BlankRuns.AddTo(edits, text, start, end);
                if (Has(kinds, TrimKinds.Blobs))
                    Base64Blobs.AddTo(edits, text, start, end, options.MinBlobChars);
            }
            edits.Sort((a, b) => a.Start.CompareTo(b.Start));
        }
        return (edits, leftAlone);
    }

    /// <summary>What lies outside of fenced code and of the parts.</summary>
    private static IEnumerable<(int Start, int End)> Gaps(List<(int Start, int End)> free, List<DataPart> parts)
    {
        var next = 0;
        foreach (var (start, end) in free)
        {
            var from = start;
            for (; next < parts.Count && parts[next].Start < end; next++)
            {
                // Prose between the tags of a document is a part only so that it can be found again.
                if (parts[next].Shape == TextShape.Text)
                    continue;
                if (parts[next].Start > from)
                    yield return (from, parts[next].Start);
                from = parts[next].End;
            }
            if (end > from)
                yield return (from, end);
        }
    }

    private static TrimResult Smaller(string text, List<TrimEdit> edits, string? leftAlone)
    {
        var builder = new StringBuilder(text.Length);
        var at = 0;
        foreach (var edit in edits)
        {
            builder.Append(text, at, edit.Start - at).Append(edit.Replacement);
            at = edit.End;
        }
        var trimmed = builder.Append(text, at, text.Length - at).ToString();
        return trimmed.Length < text.Length && Encoding.UTF8.GetByteCount(trimmed) <= Encoding.UTF8.GetByteCount(text)
            ? new TrimResult(trimmed, edits) { LeftAlone = leftAlone }
            : Untouched(text, "what would not become smaller stays as it is");
    }

    private static TrimResult Untouched(string text, string? why) => new(text, []) { LeftAlone = why };

    private static bool Has(TrimKinds kinds, TrimKinds any) => (kinds & any) != TrimKinds.None;
}
