namespace Sluice.Lab.Replays.Recordings;

/// <summary>Where the files of a log lie: on a disk or in S3.</summary>
public interface ILogFiles : IDisposable
{
    /// <summary>The files that can hold lines of a log, in the order of their names, which is that of time where AWS wrote them.</summary>
    IReadOnlyList<string> List();

    /// <exception cref="IOException">It can't be read; the message says why and what to do.</exception>
    Stream Open(string file);

    /// <summary>
    /// Opens the object that a body was put into because the line has no room for it (AWS: more than 100 KB, or binary).
    /// </summary>
    /// <param name="s3Uri">As the line names it.</param>
    /// <param name="nextTo">The file that has the line.</param>
    /// <returns>Null where it is not there.</returns>
    Stream? OpenLarge(string s3Uri, string nextTo);
}

/// <summary>Which names are those of log files.</summary>
internal static class LogFileNames
{
    /// <summary>AWS puts large bodies into a folder of this name beside the logs; they are no logs.</summary>
    private const string LargeBodies = "/data/";

    public static bool IsLog(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return !path.Contains(LargeBodies, StringComparison.Ordinal)
            && (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
                || name.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".log", StringComparison.OrdinalIgnoreCase));
    }
}
