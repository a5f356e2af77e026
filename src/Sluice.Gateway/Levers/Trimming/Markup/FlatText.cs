using AngleSharp.Dom;

namespace Sluice.Gateway.Levers.Trimming.Markup;

/// <summary>What a reader sees of an element, on one line.</summary>
internal sealed class FlatText(TrimOptions options)
{
    private readonly Prose _prose = new();
    private string? _picture;

    public static string Of(IElement element, TrimOptions options) => Read(element, options).Text;

    /// <summary>The text and, where there is none, the word that stands for a picture: a tick, a flag. Beside text, a picture only repeats or adorns it.</summary>
    public static (string Text, bool IsPicture) Read(IElement element, TrimOptions options)
    {
        var text = new FlatText(options);
        text.AddChildren(element);
        if (!text._prose.IsEmpty || text._picture is null)
            return (text._prose.ToString(), false);
        text._prose.Append(text._picture);
        return (text._prose.ToString(), true);
    }

    private void AddChildren(INode parent)
    {
        foreach (var node in parent.ChildNodes)
        {
            if (node is IText words)
                _prose.Append(words.Data);
            else if (node is IElement element)
                Add(element);
        }
    }

    private void Add(IElement element)
    {
        if (Elements.IsHidden(element) || (!options.KeepFootnoteMarkers && Elements.IsFootnoteMarker(element)))
            return;
        if (Fields.IsField(element))
        {
            Append(Fields.Shown(element));
            return;
        }
        switch (element.LocalName)
        {
            case "br":
                _prose.Space();
                return;
            case "img":
                _picture ??= Fields.Alternative(element);
                return;
            case "table":
                AddNested(element);
                return;
            case "sup" when IsExponent(element):
                _prose.Append("^");
                break;
        }
        var isBlock = Elements.IsBlock(element);
        if (isBlock)
            _prose.Space();
        AddChildren(element);
        if (options.KeepUrls && Fields.Target(element) is { } target)
            _prose.Append($" ({target})");
        if (isBlock)
            _prose.Space();
    }

    /// <summary>Behind a number, a raised number is a power: 10 and 6 would read as 106.</summary>
    private bool IsExponent(IElement raised) =>
        _prose.Last is { } last && char.IsAsciiDigit(last) && raised.TextContent.AsSpan().Trim() is { Length: > 0 } text && (char.IsAsciiDigit(text[^1]) && !text.ContainsAny('[', '/'));

    /// <summary>A table within a cell: its cells with commas, its rows with semicolons.</summary>
    private void AddNested(IElement table)
    {
        if (TableGrid.Read(table, options) is not { } grid)
        {
            AddChildren(table);
            return;
        }
        var rows = grid.Rows.Select(row => string.Join(", ", row.Where(cell => cell.Length > 0))).Where(row => row.Length > 0);
        Append(grid.Caption);
        Append(string.Join("; ", rows));
    }

    private void Append(string? text)
    {
        _prose.Space();
        _prose.Append(text);
        _prose.Space();
    }
}
