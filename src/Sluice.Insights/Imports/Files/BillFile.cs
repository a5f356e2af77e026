using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Files;

/// <summary>
/// A file with one bill or several: plain, gzip, zip or tar, also one in another, told by first bytes and not by names. Parts are Parquet, or text in UTF-8.
/// </summary>
internal sealed class BillFile : IDisposable
{
    private const int MaxDepth = 4;
    private const int MaxMembers = 20_000;
    private const long MaxNestedZipBytes = 4L << 30;

    /// <summary>Where a tar's first header says that it is one.</summary>
    private const int TarMarkAt = 257;

    private static readonly string[] Junk = ["Thumbs.db", "desktop.ini"];

    private readonly BillPlaces _places;
    private readonly string _path;
    private readonly Stream _source;
    private readonly PeekedStream _file;
    private readonly List<string> _notes = [];
    private readonly IncrementalHash? _hash;
    private Func<Stream>? _binary;
    private bool _isInTar;
    private int _members;

    /// <param name="isHashed">Whether <see cref="TakeContent"/> will be asked for.</param>
    /// <exception cref="ImportException">It is no file, or none that can be read.</exception>
    public BillFile(string path, BillPlaces places, bool isHashed = false)
    {
        (_path, _places) = (path, places);
        _hash = isHashed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        (_source, Length) = places.Open(path);
        _file = new PeekedStream(_source);
    }

    public long Length { get; }

    /// <summary>How far the file itself has been read, compressed or not.</summary>
    public long Position => _source.CanSeek ? _source.Position : _file.Position;

    /// <summary>What is to be said of the parts that have been read: what was left out, and how text was read that is no UTF-8.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The bills in it, each with a name for messages, one after the other.</summary>
    /// <exception cref="ImportException">It is of a kind that can't be read.</exception>
    public IEnumerable<(string Name, PeekedStream Content)> Parts()
    {
        if (_file.Peek(1).IsEmpty)
            throw new ImportException($"'{_path}' is empty.");
        return Parts(_path, _file, () => _places.Open(_path).Content, 0);
    }

    public bool IsHashed => _hash is not null;

    /// <summary>A number for what is in the part that was just read to its end; null where it can't be read again to be told.</summary>
    public UInt128? TakeContent()
    {
        if (_binary is { } open)
        {
            _binary = null;
            if (_isInTar)
                return null;
            using var content = open();
            var buffer = new byte[1 << 16];
            for (int read; (read = content.Read(buffer)) > 0;)
                _hash!.AppendData(buffer, 0, read);
        }
        return BinaryPrimitives.ReadUInt128LittleEndian(_hash!.GetHashAndReset());
    }

    public void Dispose()
    {
        _hash?.Dispose();
        _file.Dispose();
        _source.Dispose();
    }

    /// <param name="name">What messages call it.</param>
    /// <param name="content">At its beginning.</param>
    /// <param name="again">Opens it a second time.</param>
    /// <param name="depth">How many it is packed in.</param>
    private IEnumerable<(string Name, PeekedStream Content)> Parts(string name, PeekedStream content, Func<Stream> again, int depth)
    {
        if (depth > MaxDepth)
            throw new ImportException($"'{name}' is packed more than {MaxDepth} times; unpack it first.");
        switch (content.Peek(4))
        {
            case [0x1F, 0x8B, ..]:
                return Parts(name, new PeekedStream(new GzipContent(content, again)), () => new GZipStream(again(), CompressionMode.Decompress), depth + 1);
            case [(byte)'P', (byte)'K', 3, 4]:
                return Zipped(name, content, depth);
            case [(byte)'P', (byte)'A', (byte)'R', (byte)'1']:
                return Binary(name, content, again);
            case [(byte)'O', (byte)'b', (byte)'j', 1]:
                throw new ImportException($"'{name}' is Avro; have the bill exported as newline JSON (gzip).");
        }
        return content.Peek(TarMarkAt + 5) is { Length: TarMarkAt + 5 } head && head.EndsWith("ustar"u8)
            ? Tarred(name, content, depth)
            : [(name, TextContent.Open(content, note => _notes.Add($"'{name}': {note}"), _hash))];
    }

    private IEnumerable<(string Name, PeekedStream Content)> Binary(string name, PeekedStream content, Func<Stream> again)
    {
        _binary = again;
        yield return (name, content);
        _binary = null;
    }

    private IEnumerable<(string Name, PeekedStream Content)> Zipped(string name, PeekedStream content, int depth)
    {
        using var seekable = Seekable(content);
        using var zip = new ZipArchive(seekable, ZipArchiveMode.Read, leaveOpen: true);
        var any = false;
        foreach (var entry in zip.Entries)
        {
            if (entry.Length == 0 || !IsMember(name, entry.FullName))
                continue;
            using var member = new PeekedStream(entry.Open());
            foreach (var part in Parts($"{name}/{entry.FullName}", member, entry.Open, depth + 1))
            {
                any = true;
                yield return part;
            }
        }
        if (!any)
            throw new ImportException($"'{name}' holds no .csv, .json or .parquet file.");
    }

    private IEnumerable<(string Name, PeekedStream Content)> Tarred(string name, PeekedStream content, int depth)
    {
        using var tar = new TarReader(content, leaveOpen: true);
        _isInTar = true;
        var any = false;
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { Length: > 0 } data || !IsMember(name, entry.Name))
                continue;
            using var member = new PeekedStream(data);
            foreach (var part in Parts($"{name}/{entry.Name}", member, () => throw new InvalidDataException($"{entry.Name} is gzip whose checksum doesn't fit, or several joined"), depth + 1))
            {
                any = true;
                yield return part;
            }
        }
        if (!any)
            throw new ImportException($"'{name}' holds no .csv, .json or .parquet file.");
    }

    /// <summary>Whether an archive's member can be a bill. What systems add of themselves is passed over, what people add is noted.</summary>
    private bool IsMember(string archive, string member)
    {
        if (++_members > MaxMembers)
            throw new ImportException($"'{_path}' holds more than {MaxMembers} files; import them in smaller archives.");
        var path = member.Replace('\\', '/').Split('/');
        if (member.EndsWith('/') || path.Contains("__MACOSX") || path[^1].StartsWith('.') || Junk.Contains(path[^1], StringComparer.OrdinalIgnoreCase))
            return false;
        if (BillPlaces.CanBeBill(member))
            return true;
        _notes.Add($"'{archive}/{member}' was left out: it isn't named like a bill");
        return false;
    }

    /// <summary>A zip ends with the list of what is in it, so one from S3, or in another, must be here first, in a file without a name that is gone when it is closed.</summary>
    private Stream Seekable(PeekedStream content)
    {
        if (ReferenceEquals(content, _file) && _source.CanSeek)
        {
            _source.Position = 0;
            return _source;
        }
        var copy = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        var buffer = new byte[1 << 16];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            if (copy.Length + read > MaxNestedZipBytes && !ReferenceEquals(content, _file))
                throw new ImportException($"'{_path}' holds a zip of more than {MaxNestedZipBytes >> 30} GB; unpack it first.");
            copy.Write(buffer, 0, read);
        }
        copy.Position = 0;
        return copy;
    }
}
