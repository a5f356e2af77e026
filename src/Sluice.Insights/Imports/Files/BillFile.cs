using System.IO.Compression;

namespace Sluice.Insights.Imports.Files;

/// <summary>A file with one bill or, as a zip, several: plain, gzip or zip, told by its first bytes and not by its name.</summary>
internal sealed class BillFile : IDisposable
{
    private readonly BillPlaces _places;
    private readonly string _path;
    private readonly Stream _source;
    private readonly PeekedStream _file;

    /// <exception cref="ImportException">It is no file, or none that can be read.</exception>
    public BillFile(string path, BillPlaces places)
    {
        (_path, _places) = (path, places);
        (_source, Length) = places.Open(path);
        _file = new PeekedStream(_source);
    }

    public long Length { get; }

    /// <summary>How far the file itself has been read, compressed or not.</summary>
    public long Position => _source.CanSeek ? _source.Position : _file.Position;

    /// <summary>The bills in it, each with a name for messages, one after the other.</summary>
    /// <exception cref="ImportException">It is of a kind that can't be read.</exception>
    public IEnumerable<(string Name, PeekedStream Content)> Parts() => _file.Peek(4) switch
    {
        [] => throw new ImportException($"'{_path}' is empty."),
        [0x1F, 0x8B, ..] => [(_path, new PeekedStream(new GzipContent(_file, () => _places.Open(_path).Content)))],
        [(byte)'P', (byte)'K', 3, 4] => Entries(),
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1'] => throw new ImportException($"'{_path}' is Parquet; have the bill exported as CSV (gzip)."),
        [(byte)'O', (byte)'b', (byte)'j', 1] => throw new ImportException($"'{_path}' is Avro; have the bill exported as newline JSON (gzip)."),
        _ => [(_path, _file)],
    };

    public void Dispose()
    {
        _file.Dispose();
        _source.Dispose();
    }

    private IEnumerable<(string Name, PeekedStream Content)> Entries()
    {
        using var seekable = Seekable();
        using var zip = new ZipArchive(seekable, ZipArchiveMode.Read, leaveOpen: true);
        var bills = zip.Entries.Where(e => e.Length > 0 && BillPlaces.CanBeBill(e.FullName)).ToList();
        if (bills.Count == 0)
            throw new ImportException($"'{_path}' holds no .csv or .json file.");
        foreach (var entry in bills)
        {
            using var content = new PeekedStream(entry.Open());
            yield return ($"{_path}/{entry.FullName}", content);
        }
    }

    /// <summary>A zip ends with the list of what is in it, so one from S3 must be here first, in a file without a name that is gone when it is closed.</summary>
    private Stream Seekable()
    {
        if (_source.CanSeek)
        {
            _source.Position = 0;
            return _source;
        }
        var copy = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        _file.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }
}
