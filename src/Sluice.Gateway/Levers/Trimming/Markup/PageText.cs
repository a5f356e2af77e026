using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Sluice.Gateway.Levers.Trimming.Markup;

/// <summary>The content of a page as light Markdown: headings, lists, tables, quotes and code keep their form.</summary>
internal sealed class PageText
{
    private readonly TrimOptions _options;
    private readonly Prose _prose = new();
    private string _indent = "";

    private PageText(TrimOptions options) => _options = options;

    /// <summary>How many tables were written as rows.</summary>
    public int Tables { get; private set; }

    /// <summary>Rows and columns of the last one.</summary>
    public (int Rows, int Columns) LastTable { get; private set; }

    public static (string Text, PageText Page) Of(IHtmlDocument document, TrimOptions options)
    {
        var page = new PageText(options);
        var title = document.Title;
        if (!string.IsNullOrWhiteSpace(title) && document.QuerySelector("h1")?.TextContent.Trim() != title.Trim())
        {
            page._prose.Append(title);
            page._prose.Break(2);
        }
        if (document.Body is { } body)
            page.AddChildren(body);
        return (page._prose.ToString(), page);
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
        if (Elements.IsHidden(element)
            || (!_options.KeepFootnoteMarkers && Elements.IsFootnoteMarker(element))
            || (!_options.KeepNavigation && Elements.IsNavigation(element)))
            return;
        if (Fields.IsField(element))
        {
            _prose.Space();
            _prose.Append(Fields.Shown(element));
            _prose.Space();
            return;
        }
        switch (element.LocalName)
        {
            case "br":
                _prose.Break(1);
                break;
            case "img":
                break;
            case "pre":
                AddCode(element.TextContent);
                break;
            case "table" when !TableGrid.IsLayout(element):
                AddTable(element);
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                AddBlock(element, 2, new string('#', element.LocalName[1] - '0') + " ");
                break;
            case "p" when element.ParentElement?.LocalName is "li" or "td" or "th":
                AddBlock(element, 1, "");
                break;
            case "p" or "blockquote" or "figure":
                AddBlock(element, 2, element.LocalName == "blockquote" ? "> " : "");
                break;
            case "ul" or "ol":
                AddList(element);
                break;
            case "a":
                AddLink(element);
                break;
            case var _ when Elements.IsBlock(element):
                AddBlock(element, 1, "");
                break;
            default:
                AddChildren(element);
                break;
        }
    }

    private void AddBlock(INode block, int lineBreaks, string mark)
    {
        _prose.Break(lineBreaks);
        if (mark.Length > 0)
            _prose.Mark(mark);
        AddChildren(block);
        if (mark.Length > 0)
            _prose.Mark("");
        _prose.Break(lineBreaks);
    }

    private void AddList(IElement list)
    {
        var outer = _indent;
        var number = 0;
        _prose.Break(1);
        foreach (var node in list.Children)
        {
            if (node.LocalName != "li")
                Add(node);
            else if (!Elements.IsHidden(node))
            {
                number++;
                _indent = outer + "  ";
                AddBlock(node, 1, list.LocalName == "ol" ? $"{outer}{number}. " : outer + "- ");
                _indent = outer;
            }
        }
    }

    private void AddLink(IElement link)
    {
        var target = _options.KeepUrls ? Fields.Target(link) : null;
        if (target is not null && FlatText.Of(link, _options with { KeepUrls = false }) is { Length: > 0 } words)
        {
            _prose.Append($"[{words}]({target})");
            return;
        }
        AddChildren(link);
    }

    private void AddCode(string code)
    {
        var (run, longest) = (0, 2);
        foreach (var c in code)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        var fence = new string('`', longest + 1);
        _prose.Break(2);
        _prose.AppendVerbatim($"{fence}\n{code.Trim('\n')}\n{fence}");
        _prose.Break(2);
    }

    private void AddTable(IElement table)
    {
        if (TableGrid.Read(table, _options) is not { } grid)
        {
            AddBlock(table, 1, "");
            return;
        }
        Tables++;
        LastTable = (grid.Rows.Count, grid.Width);
        _prose.Break(2);
        _prose.AppendVerbatim(TableText.Write(grid, _options.Table));
        _prose.Break(2);
    }
}
