using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.Gateway.Levers.Trimming.Runs;

/// <summary>Long base64 of binary files, which a text model can't look at. What decodes to text, or to nothing known, stays.</summary>
internal static class Base64Blobs
{
    /// <summary>A multiple of four, long enough for every signature.</summary>
    private const int HeadChars = 24;

    /// <summary>How far in front of the comma a data URI's <c>data:</c> is looked for.</summary>
    private const int MaxMediaTypeChars = 120;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    /// <summary>First bytes of files that are no text.</summary>
    private static readonly (byte[] Head, string Name)[] Signatures =
    [
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "image/png"),
        ([0xff, 0xd8, 0xff], "image/jpeg"),
        ("GIF8"u8.ToArray(), "image/gif"),
        ("RIFF"u8.ToArray(), "a RIFF file"),
        ("%PDF-"u8.ToArray(), "application/pdf"),
        ([(byte)'P', (byte)'K', 3, 4], "a ZIP file"),
        ([0x1f, 0x8b, 8], "a gzip file"),
        ([0x28, 0xb5, 0x2f, 0xfd], "a Zstandard file"),
        ([(byte)'7', (byte)'z', 0xbc, 0xaf], "a 7z file"),
        ("OggS"u8.ToArray(), "audio/ogg"),
        ("ID3"u8.ToArray(), "audio/mpeg"),
        ("fLaC"u8.ToArray(), "audio/flac"),
        ("wOFF"u8.ToArray(), "font/woff"),
        ("wOF2"u8.ToArray(), "font/woff2"),
        ([(byte)'I', (byte)'I', 0x2a, 0], "image/tiff"),
        ([(byte)'M', (byte)'M', 0, 0x2a], "image/tiff"),
        ([0x7f, (byte)'E', (byte)'L', (byte)'F'], "an ELF program"),
    ];

    /// <summary>Whether any run of the alphabet is that long: one look at each stretch of that length.</summary>
    public static bool MayHold(ReadOnlySpan<char> text, int minChars) => Next(text, 0, minChars).Length > 0;

    public static void AddTo(List<TrimEdit> edits, string text, int start, int end, int minChars)
    {
        var stretch = text.AsSpan(start, end - start);
        for (var at = 0; Next(stretch, at, minChars) is { Length: > 0 } run; at = run.Start + run.Length)
        {
            if (TypeOf(stretch, run) is not var (name, from))
                continue;
            var behind = run.Start + run.Length;
            while (behind < stretch.Length && stretch[behind] == '=' && behind - run.Start - run.Length < 2)
                behind++;
            var bytes = (run.Length * 3L / 4).ToString("#,0", CultureInfo.InvariantCulture);
            edits.Add(new TrimEdit(TrimKinds.Blobs, start + from, behind - from, $"[{name}, {bytes} bytes, left out]", "base64 of a binary file left out"));
        }
    }

    /// <summary>A JSON text without its blobs; what takes their place needs no escape in a string.</summary>
    public static string Without(string json, int minChars)
    {
        var edits = new List<TrimEdit>();
        AddTo(edits, json, 0, json.Length, minChars);
        var text = new StringBuilder(json);
        for (var i = edits.Count - 1; i >= 0; i--)
            text.Remove(edits[i].Start, edits[i].Length).Insert(edits[i].Start, edits[i].Replacement);
        return edits.Count == 0 ? json : text.ToString();
    }

    private static (int Start, int Length) Next(ReadOnlySpan<char> text, int from, int minChars)
    {
        for (var probe = from + minChars - 1; probe < text.Length; probe += minChars)
        {
            if (!Alphabet.Contains(text[probe]))
                continue;
            var start = text[from..probe].LastIndexOfAnyExcept(Alphabet) + from + 1;
            var length = text[probe..].IndexOfAnyExcept(Alphabet) is >= 0 and var rest ? probe + rest - start : text.Length - start;
            if (length >= minChars)
                return (start, length);
            probe = start + length;
            from = probe;
        }
        return default;
    }

    /// <summary>What the run is and where it begins, with the head of its data URI if it has one; null for what stays.</summary>
    private static (string Name, int From)? TypeOf(ReadOnlySpan<char> text, (int Start, int Length) run)
    {
        if (MediaType(text, run.Start) is { } uri)
            return IsBinary(uri.Type) ? (uri.Type.ToString(), uri.From) : null;
        Span<byte> head = stackalloc byte[HeadChars / 4 * 3];
        if (!Convert.TryFromBase64Chars(text.Slice(run.Start, HeadChars), head, out _))
            return null;
        foreach (var (bytes, name) in Signatures)
        {
            if (head.StartsWith(bytes))
                return (name, run.Start);
        }
        return head[4..].StartsWith("ftyp"u8) ? ("video/mp4", run.Start) : null;
    }

    private static (string Type, int From)? MediaType(ReadOnlySpan<char> text, int start)
    {
        var before = text[Math.Max(0, start - MaxMediaTypeChars)..start];
        if (!before.EndsWith(";base64,", StringComparison.OrdinalIgnoreCase))
            return null;
        var scheme = before.LastIndexOf("data:", StringComparison.OrdinalIgnoreCase);
        if (scheme < 0)
            return null;
        var type = before[(scheme + "data:".Length)..];
        type = type[..type.IndexOf(';')];
        return type.IndexOfAnyExcept(MediaTypeChars) < 0 ? (type.ToString(), start - before.Length + scheme) : null;
    }

    private static readonly SearchValues<char> MediaTypeChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-./");

    private static bool IsBinary(string type) =>
        (type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) && !type.Contains("svg", StringComparison.OrdinalIgnoreCase))
        || type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith("video/", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith("font/", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/pdf", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/zip", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/gzip", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase);
}
