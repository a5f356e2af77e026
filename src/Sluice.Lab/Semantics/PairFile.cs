using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Sluice.Lab.Semantics;

/// <summary>Reads labelled pairs: JSON lines of <c>{"a", "b", "dup": 0|1}</c>, plain or gzip.</summary>
public static class PairFile
{
    /// <exception cref="PairFileException">A line is broken; the message names file and line, never the texts.</exception>
    public static IReadOnlyList<LabelledPair> Read(string path)
    {
        var pairs = new List<LabelledPair>();
        using var reader = Open(path);
        for (var line = 1; Next(reader, path, line) is { } text; line++)
        {
            if (text.Length > 0)
                pairs.Add(Parse(path, line, text));
        }
        return pairs.Count > 0 ? pairs : throw new PairFileException(path, 1, "the file holds no pairs");
    }

    private static LabelledPair Parse(string path, int line, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new PairFileException(path, line, "not a JSON object; each line holds one pair");
            return new(Text(path, line, root, "a"), Text(path, line, root, "b"), Label(path, line, root));
        }
        catch (JsonException e)
        {
            throw new PairFileException(path, line, $"not JSON, from byte {e.BytePositionInLine ?? 0} on", e);
        }
    }

    private static string Text(string path, int line, JsonElement root, string field) =>
        root.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new PairFileException(path, line, $"`{field}` should be a text");

    private static bool Label(string path, int line, JsonElement root)
    {
        if (root.TryGetProperty("dup", out var value))
        {
            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
                return value.GetBoolean();
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number is 0 or 1)
                return number == 1;
        }
        throw new PairFileException(path, line, "`dup` should be 1 where one answer fits both texts, else 0");
    }

    private static StreamReader Open(string path)
    {
        var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return new StreamReader(isGzip ? new GZipStream(file, CompressionMode.Decompress) : file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
    }

    private static string? Next(StreamReader reader, string path, int line)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (Exception e) when (e is InvalidDataException or DecoderFallbackException)
        {
            throw new PairFileException(path, line, e is InvalidDataException ? "the compressed file is damaged from here on" : "the text is not UTF-8 here", e);
        }
    }
}
