namespace Sluice.Lab.Replays.Recordings;

/// <summary>One file, or a tree of them as AWS lays them out in a bucket, on a disk.</summary>
public sealed class LocalLogFiles(string path) : ILogFiles
{
    private string Root => Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;

    public IReadOnlyList<string> List() => File.Exists(path)
        ? [path]
        : [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(f => LogFileNames.IsLog("/" + Path.GetRelativePath(path, f).Replace('\\', '/')))
            .Order(StringComparer.Ordinal)];

    public Stream Open(string file) => File.OpenRead(file);

    /// <summary>
    /// A bucket that was copied keeps its keys from some folder on, so the object is looked for under ever shorter ends of its
    /// key, next to the line and under the root.
    /// </summary>
    public Stream? OpenLarge(string s3Uri, string nextTo)
    {
        if (!Uri.TryCreate(s3Uri, UriKind.Absolute, out var uri))
            return null;
        var parts = Uri.UnescapeDataString(uri.AbsolutePath).Split('/', StringSplitOptions.RemoveEmptyEntries);
        // A key that climbs out of the folder is not one that AWS has written.
        if (parts.Contains("..", StringComparer.Ordinal))
            return null;
        var beside = Path.GetDirectoryName(Path.GetFullPath(nextTo))!;
        for (var from = 0; from < parts.Length; from++)
        {
            foreach (var folder in (ReadOnlySpan<string>)[beside, Root])
            {
                var candidate = Path.Combine([folder, .. parts[from..]]);
                if (File.Exists(candidate))
                    return File.OpenRead(candidate);
            }
        }
        return null;
    }

    public void Dispose() { }
}
