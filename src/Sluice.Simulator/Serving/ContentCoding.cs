using System.IO.Compression;
using System.IO.Pipelines;
using ZstdSharp;

namespace Sluice.Simulator.Serving;

/// <summary>Compresses a reply by one of HTTP's content codings, frame by frame where it is a stream.</summary>
internal static class ContentCoding
{
    public static IReadOnlyList<string> Names { get; } = ["gzip", "deflate", "br", "zstd"];

    public static bool IsKnown(string name) => Names.Contains(name, StringComparer.Ordinal);

    /// <summary>A whole body.</summary>
    public static ReadOnlyMemory<byte> Encode(string coding, ReadOnlySpan<byte> body)
    {
        using var encoded = new MemoryStream();
        using (var stream = Over(encoded, coding))
            stream.Write(body);
        return encoded.ToArray();
    }

    /// <summary>A stream's writer, which compresses what is flushed.</summary>
    public static PipeWriter Writer(string coding, PipeWriter output) => PipeWriter.Create(Over(output.AsStream(leaveOpen: true), coding));

    // HTTP's deflate is what zlib writes, with its header.
    private static Stream Over(Stream output, string coding) => coding switch
    {
        "gzip" => new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true),
        "br" => new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true),
        _ => new CompressionStream(output, leaveOpen: true),
    };
}
