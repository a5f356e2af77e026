using System.Text;

namespace Sluice.Gateway.Levers.Marking.Normalising;

/// <summary>
/// Writes white space in one form: one blank between words, one empty line between paragraphs, line feeds alone, nothing
/// around the text. Indentation, Markdown's hard breaks, code in fences or indented, and quotations stay as they are.
/// </summary>
internal static class BlankForm
{
    private const int CodeIndent = 4;

    /// <summary>The text in that form, the same object where it is in it already.</summary>
    public static string Of(string text)
    {
        // What markup keeps as it is written has an end that only a parser finds.
        if (text.Contains("<pre", StringComparison.OrdinalIgnoreCase) || text.Contains("<code", StringComparison.OrdinalIgnoreCase) || string.IsNullOrWhiteSpace(text))
            return text;
        var output = new StringBuilder(text.Length);
        var (fence, fenceLength, isQuoted, isGap) = ('\0', 0, false, false);
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range);
            var isVerbatim = fence != '\0' || isQuoted;
            if (!isVerbatim && line.IsWhiteSpace())
            {
                isGap = output.Length > 0;
                continue;
            }
            if (output.Length > 0)
                output.Append(isGap ? "\n\n" : "\n");
            isGap = false;
            var (mark, length) = Fence(line);
            if (fence != '\0')
            {
                if (mark == fence && length >= fenceLength)
                    fence = '\0';
                output.Append(line);
                continue;
            }
            if (mark != '\0' && !isQuoted)
            {
                (fence, fenceLength) = (mark, length);
                output.Append(line);
                continue;
            }
            var quotes = line.Count('"') + line.Count('`') + line.Count('“') + line.Count('”');
            if (isVerbatim || Indent(line) >= CodeIndent)
                output.Append(line);
            else
                Append(output, line, keepsInside: quotes > 0, isOpen: quotes % 2 != 0);
            isQuoted ^= quotes % 2 != 0;
        }
        if (fence == '\0' && !isQuoted)
            output.Length = output.ToString().AsSpan().TrimEnd(" \t\r\n").Length;
        return output.Equals(text.AsSpan()) ? text : output.ToString();
    }

    private static void Append(StringBuilder output, ReadOnlySpan<char> line, bool keepsInside, bool isOpen)
    {
        var content = line.TrimEnd(" \t\r");
        // A quotation that goes on in the next line has its line's end as well.
        if (isOpen)
        {
            output.Append(line);
            return;
        }
        var indent = content.Length - content.TrimStart(" \t").Length;
        output.Append(content[..indent]);
        if (keepsInside)
        {
            output.Append(content[indent..]);
        }
        else
        {
            var wasBlank = false;
            foreach (var character in content[indent..])
            {
                var isBlank = character is ' ' or '\t';
                if (!isBlank || !wasBlank)
                    output.Append(isBlank ? ' ' : character);
                wasBlank = isBlank;
            }
        }
        if (line[content.Length..].TrimEnd('\r').StartsWith("  ", StringComparison.Ordinal))
            output.Append("  ");
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
