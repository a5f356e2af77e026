using System.IO.Compression;
using System.Text.Json;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Levers.Trimming;

/// <summary>JSON lines of ../shared, plain or gzipped.</summary>
internal static class SharedLines
{
    public static IEnumerable<JsonElement> Of(string relative)
    {
        using var file = File.OpenRead(SharedFolder.Path(relative));
        using Stream stream = relative.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    public static string Text(this JsonElement line, string name) => line.GetProperty(name).GetString()!;
}
