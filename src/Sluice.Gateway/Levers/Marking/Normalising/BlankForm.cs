using System.Buffers;

namespace Sluice.Gateway.Levers.Marking.Normalising;

/// <summary>
/// Writes white space in one form: one blank between words, one empty line between paragraphs, line feeds alone, nothing
/// around the text. Indentation, Markdown's hard breaks, code in fences or indented, and quotations stay as they are.
/// </summary>
internal static class BlankForm
{
    private const int CodeIndent = 4;

    private static readonly SearchValues<char> QuotationMarks = SearchValues.Create("\"`“”");

    /// <summary>The text in that form, which is never longer; the same object where it is in it already.</summary>
    public static string Of(string text)
    {
        // What markup keeps as it is written has an end that only a parser finds.
        if (text.Contains("<pre", StringComparison.OrdinalIgnoreCase) || text.Contains("<code", StringComparison.OrdinalIgnoreCase) || string.IsNullOrWhiteSpace(text))
            return text;
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        var form = buffer.AsSpan(0, Write(text, buffer));
        var result = form.SequenceEqual(text) ? text : new string(form);
        ArrayPool<char>.Shared.Return(buffer);
        return result;
    }

    private static int Write(string text, Span<char> output)
    {
        var written = 0;
        var (fence, fenceLength, isQuoted, isGap) = ('\0', 0, false, false);
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range);
            var isVerbatim = fence != '\0' || isQuoted;
            if (!isVerbatim && line.IsWhiteSpace())
            {
                isGap = written > 0;
                continue;
            }
            if (written > 0)
                Append(isGap ? "\n\n" : "\n", output, ref written);
            isGap = false;
            var (mark, length) = Fence(line);
            if (fence != '\0')
            {
                if (mark == fence && length >= fenceLength)
                    fence = '\0';
                Append(line, output, ref written);
                continue;
            }
            if (mark != '\0' && !isQuoted)
            {
                (fence, fenceLength) = (mark, length);
                Append(line, output, ref written);
                continue;
            }
            var quotes = Quotes(line);
            // A quotation that goes on in the next line has its line's end as well.
            if (isVerbatim || quotes % 2 != 0 || Indent(line) >= CodeIndent)
                Append(line, output, ref written);
            else
                AppendProse(line, keepsInside: quotes > 0, output, ref written);
            isQuoted ^= quotes % 2 != 0;
        }
        return fence == '\0' && !isQuoted ? output[..written].TrimEnd(" \t\r\n").Length : written;
    }

    private static int Quotes(ReadOnlySpan<char> line)
    {
        var count = 0;
        for (int found; (found = line.IndexOfAny(QuotationMarks)) >= 0; line = line[(found + 1)..])
            count++;
        return count;
    }

    private static void AppendProse(ReadOnlySpan<char> line, bool keepsInside, Span<char> output, ref int written)
    {
        var content = line.TrimEnd(" \t\r");
        var isBreak = line[content.Length..].TrimEnd('\r').StartsWith("  ", StringComparison.Ordinal);
        var indent = content.Length - content.TrimStart(" \t").Length;
        Append(content[..indent], output, ref written);
        content = content[indent..];
        while (!keepsInside && content.IndexOfAny(' ', '\t') is >= 0 and var blank)
        {
            Append(content[..blank], output, ref written);
            output[written++] = ' ';
            content = content[blank..].TrimStart(" \t");
        }
        Append(content, output, ref written);
        if (isBreak)
            Append("  ", output, ref written);
    }

    private static void Append(ReadOnlySpan<char> part, Span<char> output, ref int written)
    {
        part.CopyTo(output[written..]);
        written += part.Length;
    }

    private static int Indent(ReadOnlySpan<char> line)
    {
        var width = 0;
        foreach (var character in line)
        {
            if (character is not (' ' or '\t'))
                break;
            width += character == '\t' ? CodeIndent : 1;
        }
        return width;
    }

    private static (char Mark, int Length) Fence(ReadOnlySpan<char> line)
    {
        line = line.TrimStart(' ');
        if (line.IsEmpty || line[0] is not ('`' or '~'))
            return default;
        var length = line.IndexOfAnyExcept(line[0]) is >= 0 and var end ? end : line.Length;
        return length >= 3 ? (line[0], length) : default;
    }
}
