using System.Security.Cryptography;
using Sluice.Core;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Lab.Semantics;

/// <summary>
/// Sends questions of known meaning through a <see cref="SemanticMemory"/> in order, as one tenant of one partition would: what
/// is not served is answered upstream, tells whether the nearest would have been right, and is kept.
/// </summary>
public static class CacheReplay
{
    /// <param name="questions">Two of one meaning have one answer.</param>
    public static CacheReplayResult Run(IEnumerable<(string Text, int Meaning)> questions, SemanticModel model, SemanticMemoryOptions options)
    {
        var embedder = new HashedEmbedder(model.Weights);
        var memory = new SemanticMemory(embedder, model.Verifier, model.Calibration, options);
        var partition = new PartitionKey("stream", SHA512.HashData("stream"u8));
        var (asked, hits, wrong) = (0, 0, 0);
        foreach (var (text, meaning) in questions)
        {
            asked++;
            if (CharacterFeatures.Of(text) is not { } embedding)
                continue;
            var lookup = memory.Find(partition, text, embedding);
            var answer = $"{meaning}";
            if (lookup.IsHit)
            {
                hits++;
                wrong += lookup.Match!.AnswerId == answer ? 0 : 1;
                continue;
            }
            memory.Learn(lookup, lookup.Match?.AnswerId == answer);
            memory.Add(partition, text, embedding, answer, Money.Zero);
        }
        var measured = memory.Measured("stream");
        return new(asked, hits, wrong, WilsonInterval.Of(wrong, hits), measured.Explored, measured.Wrong, measured.Rate, measured.Threshold);
    }
}

/// <param name="Wrong">Of the hits; the labels say so.</param>
/// <param name="Explored">What the memory itself measured, by asking upstream although it could have served.</param>
public sealed record CacheReplayResult(int Asked, int Hits, int Wrong, WilsonInterval WrongShare, int Explored, int ExploredWrong, WilsonInterval MeasuredRate, double Threshold);
