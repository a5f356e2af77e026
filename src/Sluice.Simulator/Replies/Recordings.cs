using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Simulator.Replies;

/// <summary>Answers that real models once gave, by the exact text of the prompt.</summary>
internal sealed class Recordings
{
    private const int GzipMagic = 0x8B1F;

    // Two prompts with one hash are told apart by their bytes, as a collision may not answer the wrong question.
    private readonly FrozenDictionary<ulong, Recording[]> _byHash;

    private Recordings(IEnumerable<Recording> recordings) =>
        _byHash = recordings.GroupBy(recording => Dice.Hash(recording.Prompt)).ToFrozenDictionary(group => group.Key, group => group.ToArray());

    public static Recordings None { get; } = new([]);

    public int Count => _byHash.Values.Sum(group => group.Length);

    /// <summary>Reads JSON lines, plain or gzip by what the file begins with.</summary>
    /// <exception cref="SimulatorStartException">The file can't be read; the message names the line and the fix.</exception>
    public static Recordings Read(string path)
    {
        var line = 0;
        try
        {
            using var file = File.OpenRead(path);
            var isGzip = file.ReadByte() == (GzipMagic & 0xFF) && file.ReadByte() == GzipMagic >> 8;
            file.Position = 0;
            using var bytes = isGzip ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            using var text = new StreamReader(bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            var recordings = new List<Recording>();
            while (text.ReadLine() is { } json)
            {
                line++;
                if (!string.IsNullOrWhiteSpace(json))
                    recordings.Add(ReadLine(json));
            }
            return new Recordings(recordings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && line == 0)
        {
            throw new SimulatorStartException($"The recordings file '{path}' can't be opened ({e.Message}); check --recordings.", e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or DecoderFallbackException or InvalidDataException or IOException)
        {
            throw new SimulatorStartException(
                $"The recordings file '{path}' can't be read at line {Math.Max(line, 1)}: {e.Message} Each line has to be a JSON object such as {{\"prompt\":\"...\",\"outputs\":{{\"model id\":\"text\"}}}}, as UTF-8, plain or gzip.", e);
        }
    }

    /// <summary>What the model answered to exactly this prompt, or nothing.</summary>
    public bool TryFind(ReadOnlySpan<byte> prompt, string model, out ReadOnlyMemory<byte> answer)
    {
        if (_byHash.TryGetValue(Dice.Hash(prompt), out var candidates))
        {
            foreach (var candidate in candidates)
            {
                if (candidate.Prompt.AsSpan().SequenceEqual(prompt) && candidate.Answers.TryGetValue(model, out var found))
                {
                    answer = found;
                    return true;
                }
            }
        }
        answer = default;
        return false;
    }

    private static Recording ReadLine(string json)
    {
        if (JsonNode.Parse(json) is not JsonObject line)
            throw new FormatException("It isn't a JSON object.");
        if (line["prompt"] is not JsonValue prompt || !prompt.TryGetValue<string>(out var text))
            throw new FormatException("It has no \"prompt\" that is a string.");
        if (line["outputs"] is not JsonObject outputs)
            throw new FormatException("It has no \"outputs\" that is an object.");
        var answers = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (model, answer) in outputs)
            answers[model] = Encoding.UTF8.GetBytes(answer?.GetValue<string>() ?? throw new FormatException($"The output of {model} is null."));
        return new Recording(Encoding.UTF8.GetBytes(text), answers.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private sealed record Recording(byte[] Prompt, FrozenDictionary<string, byte[]> Answers);
}
