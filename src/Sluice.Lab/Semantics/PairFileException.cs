namespace Sluice.Lab.Semantics;

/// <summary>Labelled pairs that can't be read; the message names the file, the line and what is wrong there, never the texts.</summary>
public sealed class PairFileException(string file, int line, string problem, Exception? cause = null) : Exception($"{file}:{line}: {problem}", cause)
{
    public int Line => line;
}
