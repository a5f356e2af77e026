using Sluice.Gateway.Levers.Trimming.Markup;
using Sluice.Gateway.Levers.Trimming.Parts;
using Sluice.Gateway.Levers.Trimming.Runs;

namespace Sluice.Gateway.Levers.Trimming;

/// <summary>Writes one part of a text anew, or says why it stays.</summary>
internal static class DataRewrite
{
    public static (TrimEdit? Edit, string? LeftAlone) Of(string text, DataPart part, TrimKinds kinds, TrimOptions options) => part.Shape switch
    {
        TextShape.Json => OfJson(text, part, kinds, options),
        TextShape.HtmlTable when kinds.HasFlag(TrimKinds.Tables) => OfMarkup(text, part, TrimKinds.Tables, options),
        TextShape.HtmlPage when kinds.HasFlag(TrimKinds.Pages) => OfMarkup(text, part, TrimKinds.Pages, options),
        _ => default,
    };

    private static (TrimEdit?, string?) OfJson(string text, DataPart part, TrimKinds kinds, TrimOptions options)
    {
        var json = text.Substring(part.Start, part.Length);
        var compact = kinds.HasFlag(TrimKinds.Json) ? JsonText.Compact(json, options.MaxDepth) : null;
        var written = kinds.HasFlag(TrimKinds.Blobs) ? Base64Blobs.Without(compact ?? json, options.MinBlobChars) : compact ?? json;
        var done = (compact is null ? TrimKinds.None : TrimKinds.Json) | (written.Length < (compact ?? json).Length ? TrimKinds.Blobs : TrimKinds.None);
        return done == TrimKinds.None
            ? (null, "JSON that is invalid, compact already, nested too deep, or a schema stays as it is")
            : (new TrimEdit(done, part.Start, part.Length, written, done == TrimKinds.Json ? "JSON without the white space between its tokens" : "JSON without base64 of binary files"), null);
    }

    private static (TrimEdit?, string?) OfMarkup(string text, DataPart part, TrimKinds kind, TrimOptions options)
    {
        var markup = text.Substring(part.Start, part.Length);
        if (kind == TrimKinds.Tables && MarkupSpans.IsTemplate(markup))
            return (null, "a template stays as it is");
        using var document = MarkupParser.Parse(markup, options);
        if (document is null)
            return (null, $"markup of more than {options.MaxMarkupChars} characters or {options.MaxElements} elements stays as it is");
        var (content, page) = PageText.Of(document, options);
        if (content.Length == 0 || (kind == TrimKinds.Tables && page.Tables == 0))
            return (null, "markup without content stays as it is");
        // Rows begin on a line of their own, even where the markup stood in the middle of one.
        var (start, end) = (part.Start, part.End);
        if (!IsLineStart(text, start))
        {
            content = "\n" + content;
            start = text.AsSpan(0, start).TrimEnd(" \t").Length;
        }
        if (!IsLineEnd(text, end))
        {
            content += "\n";
            end = text.Length - text.AsSpan(end).TrimStart(" \t").Length;
        }
        if (content.Length >= end - start)
            return (null, "what would not become smaller stays as it is");
        var format = options.Table == TableFormat.Csv ? "CSV" : "Markdown";
        var tables = page.Tables == 1 ? $"HTML table of {page.LastTable.Rows} rows and {page.LastTable.Columns} columns as {format}" : $"{page.Tables} HTML tables as {format}";
        var why = kind == TrimKinds.Tables ? tables : page.Tables == 0 ? "HTML page as its content" : $"HTML page as its content, {tables}";
        return (new TrimEdit(kind, start, end - start, content, why), null);
    }

    private static bool IsLineStart(string text, int at) => text.AsSpan(0, at).TrimEnd(" \t") is [] or [.., '\n'];

    private static bool IsLineEnd(string text, int at) => text.AsSpan(at).TrimStart(" \t\r") is [] or ['\n', ..];
}
