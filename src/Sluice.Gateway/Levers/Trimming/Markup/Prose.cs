using System.Text;

namespace Sluice.Gateway.Levers.Trimming.Markup;

/// <summary>Text under construction: any run of white space in the source is one space, and what separates blocks is written only between two of them.</summary>
internal sealed class Prose
{
    private readonly StringBuilder _text = new();
    private bool _spaceDue;
    private int _lineBreaksDue;
    private string _markDue = "";

    public bool IsEmpty => _text.Length == 0;

    /// <summary>The last character; null at the start and behind white space that is due.</summary>
    public char? Last => _text.Length > 0 && !_spaceDue && _lineBreaksDue == 0 ? _text[^1] : null;

    public void Append(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (IsBlank(c))
            {
                _spaceDue = true;
                continue;
            }
            WriteDue();
            _text.Append(c);
        }
    }

    /// <summary>Text that keeps its own white space.</summary>
    public void AppendVerbatim(ReadOnlySpan<char> text)
    {
        WriteDue();
        _text.Append(text);
    }

    public void Space() => _spaceDue = true;

    /// <summary>The next text begins on a new line, behind <paramref name="lineBreaks"/> - 1 blank ones.</summary>
    public void Break(int lineBreaks) => _lineBreaksDue = Math.Max(_lineBreaksDue, lineBreaks);

    /// <summary>What the next text begins with; a later mark takes its place, an empty one drops it.</summary>
    public void Mark(string mark) => _markDue = mark;

    public override string ToString() => _text.ToString();

    private void WriteDue()
    {
        if (_text.Length > 0)
        {
            if (_lineBreaksDue > 0)
                _text.Append('\n', _lineBreaksDue);
            else if (_spaceDue)
                _text.Append(' ');
        }
        _text.Append(_markDue);
        _spaceDue = false;
        _lineBreaksDue = 0;
        _markDue = "";
    }

    /// <summary>Blanks of HTML, and the no-break space, which is there for layout.</summary>
    private static bool IsBlank(char c) => c is ' ' or '\n' or '\t' or '\r' or '\f' or '\u00a0';
}
