using System.Text;
using Sluice.Core;
using Spectre.Console.Rendering;

namespace Sluice.Output;

/// <summary>Text in terminal cells: how wide it is, and lines of it that end between words.</summary>
internal static class Words
{
    public static int Width(string text) => Segment.CellCount([new Segment(text)]);

    /// <summary>The width of the longest word.</summary>
    public static int Longest(string text) => text.Split(' ').Max(Width);

    /// <summary>Lines of at most <paramref name="width"/> cells; a word that is longer has a longer line to itself.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        var used = 0;
        foreach (var word in text.Split(' '))
        {
            var cells = Width(word);
            if (line.Length > 0 && used + 1 + cells > width)
            {
                yield return line.ToString();
                line.Clear();
                used = 0;
            }
            if (line.Length > 0)
            {
                line.Append(' ');
                used++;
            }
            line.Append(word);
            used += cells;
        }
        yield return line.ToString();
    }

    /// <summary>Text to its own width: left in a column, or right where it is a number.</summary>
    public static string Pad(string text, int width, bool right)
    {
        var spaces = new string(' ', Math.Max(0, width - Width(text)));
        return right ? spaces + text : text + spaces;
    }

    /// <summary>Names come from callers and files: nothing in them may act on a terminal.</summary>
    public static string Printable(string text) => PlainText.Of(text, int.MaxValue);
}
