using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Verifying;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>
/// A trained model as a JSON file, gzip-compressed. It names the features that it was trained on, and is refused where they are others.
/// It holds hashes and weights, never a text.
/// </summary>
public static partial class SemanticModelFile
{
    /// <summary>Changes with whatever makes the same text give other features: the words, the features of pairs, the embedder.</summary>
    private static readonly string Features = $"words-1 difference-{PairDifference.Bits} {string.Join(' ', PairFeatures.Names)}";

    public static void Write(string path, SemanticModel model)
    {
        var document = new Document(Features, model.Weights.Texts, Pack<int>(model.Weights.TextsWith), model.Calibration, model.Verifier is { } v
            ? new VerifierPart(v.Rarity.Texts, Pack<int>(v.Rarity.TextsWith), v.Differences.Bias, Pack<float>(v.Differences.Weights), v.Trees.Start, [.. v.Trees.Trees.Select(t => Pack<TreeNode>(t))])
            : null);
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Optimal);
        JsonSerializer.Serialize(gzip, document, Json.Default.Document);
    }

    /// <exception cref="InvalidDataException">The file is no such model, or one of other features; the message names the file and the fix.</exception>
    public static SemanticModel Read(string path)
    {
        try
        {
            using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            var document = JsonSerializer.Deserialize(gzip, Json.Default.Document) ?? throw new InvalidDataException("It is empty.");
            if (document.Features != Features)
                throw new InvalidDataException($"{path}: the model was trained on other features than this version computes; train it again with 'sluice semantic train'.");
            return new(new RarityWeights(document.Texts, Unpack<int>(document.TextsWith)), document.Verifier is { } v ? Verifier(v) : null, document.Calibration);
        }
        catch (Exception e) when (e is JsonException or ArgumentException || (e is InvalidDataException && !e.Message.StartsWith(path, StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"{path}: this is no semantic model; make one with 'sluice semantic train PAIRS.jsonl --out FILE'.", e);
        }
    }

    private static Verifier Verifier(VerifierPart part)
    {
        var weights = Unpack<float>(part.DifferenceWeights);
        if (weights.Length != 1 << PairDifference.Bits)
            throw new ArgumentException("The weights are of another length.", nameof(part));
        return new(new WordRarity(part.Texts, Unpack<int>(part.TextsWith)), new LinearModel(weights, part.DifferenceBias), new BoostedTrees(part.Start, [.. part.Trees.Select(t => Checked(Unpack<TreeNode>(t)))]));
    }

    /// <summary>Children stand behind their parents, so that no tree runs in a circle or out of its end.</summary>
    private static TreeNode[] Checked(TreeNode[] tree)
    {
        for (var i = 0; i < tree.Length; i++)
        {
            if (tree[i].Feature >= PairFeatures.Names.Length || (tree[i].Feature >= 0 && (tree[i].Left <= i || tree[i].Left + 1 >= tree.Length)))
                throw new ArgumentException("A tree is broken.", nameof(tree));
        }
        return tree.Length > 0 ? tree : throw new ArgumentException("A tree is empty.", nameof(tree));
    }

    private static byte[] Pack<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    private static T[] Unpack<T>(byte[] bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes).ToArray();

    internal sealed record Document(string Features, int Texts, byte[] TextsWith, Calibration? Calibration, VerifierPart? Verifier);

    internal sealed record VerifierPart(int Texts, byte[] TextsWith, float DifferenceBias, byte[] DifferenceWeights, float Start, byte[][] Trees);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Document))]
    internal sealed partial class Json : JsonSerializerContext;
}
