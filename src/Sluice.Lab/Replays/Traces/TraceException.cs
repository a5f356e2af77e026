namespace Sluice.Lab.Replays.Traces;

/// <summary>A trace that can't be read; its message names the file, the line and what is wrong there, never the text.</summary>
public sealed class TraceException : Exception
{
    public TraceException(string file, long line, string problem, Exception? cause = null)
        : base($"{file}:{line}: {problem}", cause) => (File, Line) = (file, line);

    public string File { get; }

    /// <summary>Counted from 1; in the unpacked text where the file is compressed.</summary>
    public long Line { get; }
}
