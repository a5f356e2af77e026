using System.IO.Compression;
using System.Text;

namespace Sluice.Lab.Replays.Traces;

/// <summary>The lines of a trace, gzip or plain, one at a time.</summary>
internal static class TraceLines
{
    /// <summary>Reads the lines that are not empty. What is broken in the compression counts as an error in the line where it shows.</summary>
    /// <exception cref="TraceException">The file is damaged or is not UTF-8 text.</exception>
    public static IEnumerable<(long Number, string Text)> Read(string path)
    {
        using var reader = Open(path);
        for (var number = 1L; Next(reader, path, number) is { } text; number++)
        {
            if (text.Length > 0)
                yield return (number, text);
        }
    }

    /// <summary>Opens a trace as text. gzip is told by its first two bytes, whatever the file is called.</summary>
    public static StreamReader Open(string path)
    {
        var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        Stream stream = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        return new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
    }

    private static string? Next(StreamReader reader, string path, long number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (Exception e) when (e is InvalidDataException or DecoderFallbackException)
        {
            throw new TraceException(path, number, e is InvalidDataException ? "the compressed file is damaged from here on" : "the text is not UTF-8 here", e);
        }
    }
}
