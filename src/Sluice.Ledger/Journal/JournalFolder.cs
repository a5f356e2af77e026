using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace Sluice.Ledger.Journal;

/// <summary>The segments of a journal, oldest first. Their names begin with the time they were begun, so they sort by it.</summary>
internal sealed class JournalFolder(string path)
{
    private const string Extension = ".jsonl";
    private const string CompressedExtension = ".jsonl.gz";

    public string Path => path;

    /// <summary>Names without extension, in the order in which they were written.</summary>
    public IReadOnlyList<string> Segments()
    {
        if (!Directory.Exists(path))
            return [];
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(path))
        {
            var name = System.IO.Path.GetFileName(file);
            if (name.EndsWith(CompressedExtension, StringComparison.Ordinal))
                names.Add(name[..^CompressedExtension.Length]);
            else if (name.EndsWith(Extension, StringComparison.Ordinal))
                names.Add(name[..^Extension.Length]);
        }
        return [.. names];
    }

    public string FileOf(string segment) => System.IO.Path.Combine(path, segment + Extension);

    public string CompressedFileOf(string segment) => System.IO.Path.Combine(path, segment + CompressedExtension);

    public bool IsCompressed(string segment) => !File.Exists(FileOf(segment));

    /// <summary>What the names of segments that are begun at this time begin with.</summary>
    public static string StampOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);

    /// <summary>A name that sorts after every segment there is, even when the clock was set back.</summary>
    public string NextSegment(DateTimeOffset now)
    {
        var stamp = StampOf(now);
        if (Segments() is not [.., var newest])
            return stamp + "-000000";
        var dash = newest.LastIndexOf('-');
        return string.CompareOrdinal(stamp, newest[..dash]) > 0
            ? stamp + "-000000"
            : $"{newest[..dash]}-{int.Parse(newest.AsSpan(dash + 1), CultureInfo.InvariantCulture) + 1:D6}";
    }

    /// <summary>
    /// The bytes of a segment from an offset on: a FileStream of its own file, or another stream where it is compressed. It
    /// may be compressed or deleted (by retention) at any moment; one that is gone has no bytes.
    /// </summary>
    /// <exception cref="InvalidDataException">The compressed file is damaged.</exception>
    public Stream OpenRead(string segment, long offset)
    {
        if (TryOpen(FileOf(segment)) is { } plain)
        {
            plain.Seek(offset, SeekOrigin.Begin);
            return plain;
        }
        if (TryOpen(CompressedFileOf(segment)) is not { } packed)
            return Stream.Null;
        var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        Skip(unpacked, offset);
        return unpacked;
    }

    /// <summary>What a compressed segment says of its own length (RFC 1952: modulo 2^32, in the last four bytes); null where it is gone.</summary>
    public uint? UnpackedLength(string segment)
    {
        using var file = TryOpen(CompressedFileOf(segment));
        if (file is null)
            return null;
        Span<byte> length = stackalloc byte[4];
        file.Seek(-Math.Min(file.Length, length.Length), SeekOrigin.End);
        return file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(length);
    }

    /// <summary>Where the journal ends now. Bytes of a line that is being written may be counted in.</summary>
    public JournalPosition End()
    {
        var segments = Segments();
        if (segments is not [.., var newest])
            return JournalPosition.Beginning;
        return new JournalPosition(newest, IsCompressed(newest) ? 0 : new FileInfo(FileOf(newest)).Length);
    }

    private static FileStream? TryOpen(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static void Skip(Stream stream, long count)
    {
        var scratch = new byte[81920];
        while (count > 0 && stream.Read(scratch, 0, (int)Math.Min(scratch.Length, count)) is > 0 and var read)
            count -= read;
    }
}
