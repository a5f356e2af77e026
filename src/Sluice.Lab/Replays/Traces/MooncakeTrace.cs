using System.Collections.Immutable;
using Sluice.Gateway.Levers.Marking;

namespace Sluice.Lab.Replays.Traces;

/// <summary>
/// Traces in the format of Mooncake (kvcache-ai/Mooncake, FAST25-release): JSON lines with <c>timestamp</c> in milliseconds
/// since the trace began, <c>input_length</c> and <c>output_length</c> in tokens, and <c>hash_ids</c>, one for each 512
/// tokens of input, where equal ids mean equal prefixes up to there.
/// </summary>
public static class MooncakeTrace
{
    public const int BlockTokens = 512;

    /// <summary>Reads a trace, gzip or plain, one request at a time.</summary>
    /// <exception cref="TraceException">A line is not such a request; it is read up to there.</exception>
    public static IEnumerable<TraceRequest> Read(string path)
    {
        foreach (var (number, text) in TraceLines.Read(path))
        {
            using var line = new TraceObject(path, number, text);
            var input = line.Tokens("input_length");
            yield return new TraceRequest
            {
                At = DateTimeOffset.UnixEpoch.AddMilliseconds(line.Count("timestamp")),
                InputTokens = input,
                OutputTokens = line.Tokens("output_length"),
                Spans = Spans(line, input),
            };
        }
    }

    private static ImmutableArray<PromptSpan> Spans(TraceObject line, int input)
    {
        var hashes = line.Counts("hash_ids");
        if (hashes.LongLength != ((long)input + BlockTokens - 1) / BlockTokens)
            throw line.Wrong("hash_ids", $"a list of one id for each {BlockTokens} tokens of `input_length` {input}; it has {hashes.Length}");
        var spans = ImmutableArray.CreateBuilder<PromptSpan>(hashes.Length);
        for (var i = 0; i < hashes.Length; i++)
            spans.Add(new PromptSpan(unchecked((ulong)hashes[i]), (int)Math.Min((i + 1L) * BlockTokens, input)));
        return spans.MoveToImmutable();
    }
}
