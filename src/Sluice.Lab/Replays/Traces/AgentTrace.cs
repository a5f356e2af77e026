using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sluice.Gateway.Levers.Marking;

namespace Sluice.Lab.Replays.Traces;

/// <summary>
/// Traces in the format of LMCache's agent traces: JSON lines with <c>timestamp</c> in microseconds since the Unix epoch,
/// the whole <c>input</c> as flattened text, <c>output</c> and <c>session_id</c>. Requests are in the order of the file, where those of
/// one session stand together though sessions overlap in time; <see cref="ReadInOrderOfTime"/> puts them in theirs.
/// </summary>
public static class AgentTrace
{
    /// <summary>The usual rule of thumb; the traces hold text and no counts.</summary>
    public const int CharactersPerToken = 4;

    /// <summary>Reads a trace, gzip or plain, one request at a time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="blockCharacters">
    /// How the text is cut into blocks: into runs of that many characters, or, with 0, after each blank line, which is where the
    /// flattened messages were joined (and some paragraphs inside them).
    /// </param>
    /// <exception cref="TraceException">A line is not such a request; it is read up to there.</exception>
    public static IEnumerable<TraceRequest> Read(string path, int blockCharacters = 0)
    {
        foreach (var (number, text) in TraceLines.Read(path))
        {
            using var line = new TraceObject(path, number, text);
            var input = line.Text("input");
            yield return new TraceRequest
            {
                At = DateTimeOffset.UnixEpoch.AddMicroseconds(line.Count("timestamp")),
                InputTokens = Tokens(input.Length),
                OutputTokens = Tokens(line.Text("output").Length),
                Spans = Spans(input, blockCharacters),
                Session = line.Text("session_id"),
            };
        }
    }

    public static IReadOnlyList<TraceRequest> ReadInOrderOfTime(string path, int blockCharacters = 0) =>
        [.. Read(path, blockCharacters).OrderBy(request => request.At)];

    private static int Tokens(int characters) => (characters + CharactersPerToken - 1) / CharactersPerToken;

    private static ImmutableArray<PromptSpan> Spans(string text, int blockCharacters)
    {
        var spans = ImmutableArray.CreateBuilder<PromptSpan>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (int from = 0, to; from < text.Length; from = to)
        {
            to = End(text, from, blockCharacters);
            hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan(from, to - from)));
            hash.GetCurrentHash(digest);
            spans.Add(new PromptSpan(BinaryPrimitives.ReadUInt64LittleEndian(digest), Tokens(to)));
        }
        return spans.ToImmutable();
    }

    /// <summary>A block ends before the blank line, so that the end of one prompt is also the end of a block in the longer one that continues it.</summary>
    private static int End(string text, int from, int blockCharacters)
    {
        if (blockCharacters > 0)
            return Math.Min(text.Length, from + blockCharacters);
        var at = from;
        while (at < text.Length && text[at] == '\n')
            at++;
        var blank = text.IndexOf("\n\n", at, StringComparison.Ordinal);
        return blank < 0 ? text.Length : blank;
    }
}
