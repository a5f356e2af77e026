using System.Globalization;
using Sluice.Core;
using Sluice.Insights.Imports;

namespace Sluice.Commands.Import;

/// <summary>Says how far an import has come: in one line that is written over on a terminal, in a line now and then elsewhere.</summary>
internal sealed class ImportMeter(TextWriter output, string file, bool isTerminal, TimeProvider time)
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(10);

    private long _shownAt = time.GetTimestamp();
    private bool _isShown;

    public void Show(ImportProgress progress)
    {
        if (time.GetElapsedTime(_shownAt) < (isTerminal ? OnTerminal : Elsewhere))
            return;
        _shownAt = time.GetTimestamp();
        _isShown = true;
        var left = progress.Left is { } span ? span.ToString(span.TotalHours >= 1 ? "h':'mm':'ss" : "m':'ss", CultureInfo.InvariantCulture) + " left" : "";
        var line = $"{Path.GetFileName(file)}: {progress.Share:0 %}, {Counted.Of(progress.Rows, "row")}, {progress.RowsPerSecond:#,0} a second, {left}";
        if (isTerminal)
            output.Write("\r" + line.PadRight(78));
        else
            output.WriteLine(line);
    }

    /// <summary>Clears the line.</summary>
    public void End()
    {
        if (isTerminal && _isShown)
            output.Write("\r" + new string(' ', 78) + "\r");
    }
}
