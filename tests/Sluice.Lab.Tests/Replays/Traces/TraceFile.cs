using System.IO.Compression;
using System.Text;

namespace Sluice.Lab.Tests.Replays.Traces;

/// <summary>A trace of a few lines in a temporary file.</summary>
internal sealed class TraceFile : IDisposable
{
    public TraceFile(string text, bool isGzip = false)
    {
        using Stream file = File.Create(Path);
        using var stream = isGzip ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"sluice-trace-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(Path);
}
