using System.IO.Compression;

namespace Sluice.Insights.Imports;

/// <summary>A file with one bill or, as a zip, several: plain, gzip or zip, told by its first bytes and not by its name.</summary>
internal sealed class BillFile : IDisposable
{
    private readonly FileStream _file;
    private readonly string _path;

    /// <exception cref="ImportException">It is no file, or none that can be read.</exception>
    public BillFile(string path)
    {
        _path = path;
        if (Directory.Exists(path))
            throw new ImportException($"'{path}' is a directory; name its files, such as {Path.Combine(path, "*.csv.gz")}.");
        if (path.Contains("://", StringComparison.Ordinal))
            throw new ImportException($"'{path}' is an address; copy the file here first and name the copy.");
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"'{path}' can't be read: {e.Message}", e);
        }
    }

    public long Length => _file.Length;

    /// <summary>How far the file itself has been read, compressed or not.</summary>
    public long Position => _file.Position;

    /// <summary>The bills in it, each with a name for messages, one after the other.</summary>
    /// <exception cref="ImportException">It is of a kind that can't be read.</exception>
    public IEnumerable<(string Name, Stream Content)> Parts()
    {
        Span<byte> head = stackalloc byte[4];
        var length = _file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        _file.Position = 0;
        return head[..length] switch
        {
            [] => throw new ImportException($"'{_path}' is empty."),
            [0x1F, 0x8B, ..] => [(_path, new GzipContent(_file))],
            [(byte)'P', (byte)'K', 3, 4] => Entries(),
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1'] => throw new ImportException($"'{_path}' is Parquet; have the bill exported as CSV (gzip)."),
            [(byte)'{' or (byte)'[', ..] => throw new ImportException($"'{_path}' is JSON; bills are imported as CSV."),
            _ => [(_path, _file)],
        };
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<(string Name, Stream Content)> Entries()
    {
        using var zip = new ZipArchive(_file, ZipArchiveMode.Read, leaveOpen: true);
        var bills = zip.Entries.Where(e => e.FullName.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)).ToList();
        if (bills.Count == 0)
            throw new ImportException($"'{_path}' holds no .csv file.");
        foreach (var entry in bills)
        {
            using var content = entry.Open();
            yield return ($"{_path}/{entry.FullName}", content);
        }
    }
}
