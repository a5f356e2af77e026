using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Levers.Cascading.Scoring;

/// <summary>An answer scorer as a file: the arrays of <see cref="ScorerWeights"/>, a router's file among them. It holds hashes of words, never words.</summary>
public static class ScorerFile
{
    /// <summary>The version of the form.</summary>
    public const int Version = 1;

    private static readonly ModelFrame Frame = new("answer scorer", "sluice-scorer\n", Version, AnswerSpec.Fingerprint, AnswerSpec.Text, "sluice cascade train");

    public static void Write(Stream stream, ScorerWeights weights) => Frame.Write(stream, writer =>
    {
        using var router = new MemoryStream();
        RouterModelFile.Write(router, weights.Router);
        writer.WriteArray(router.GetBuffer().AsSpan(0, (int)router.Length));
        writer.WriteArray(weights.Words);
        writer.WriteArray(weights.Pieces);
        writer.WriteArray(weights.Rows);
        writer.WriteArray(weights.Means);
        writer.WriteArray(weights.Deviations);
        writer.WriteArray(weights.Dense);
        writer.WriteArray(weights.WeakChance);
        writer.WriteArray(weights.StrongChance);
        writer.WriteArray(weights.Curve.Gains);
        writer.WriteArray(weights.Curve.Qualities);
        writer.Write(weights.MinKnownShare);
    });

    /// <exception cref="RouterModelException">It is no such file, is damaged, or was trained with other features than this code makes.</exception>
    public static ScorerWeights Read(Stream stream) => Frame.Read(stream, reader =>
    {
        var weights = new ScorerWeights
        {
            Router = RouterModelFile.Read(new MemoryStream(reader.ReadArray<byte>())),
            Words = reader.ReadArray<uint>(),
            Pieces = reader.ReadArray<uint>(),
            Rows = reader.ReadArray<float>(),
            Means = reader.ReadArray<float>(),
            Deviations = reader.ReadArray<float>(),
            Dense = reader.ReadArray<float>(),
            WeakChance = reader.ReadArray<double>(),
            StrongChance = reader.ReadArray<double>(),
            Curve = new ScoreCurve(reader.ReadArray<float>(), reader.ReadArray<float>()),
            MinKnownShare = reader.ReadSingle(),
        };
        return Fits(weights) ? weights : throw new FormatException("Sizes differ.");
    });

    private static bool Fits(ScorerWeights weights)
    {
        const int dense = FeatureSpec.ShapeCount + AnswerFeatures.Count;
        return weights.Router.Models.Length == 2
            && weights.Rows.Length == 2 * (weights.Words.Length + weights.Pieces.Length)
            && weights.Means.Length == dense && weights.Deviations.Length == dense && weights.Dense.Length == 1 + dense
            && weights.WeakChance.Length == 4 && weights.StrongChance.Length == 4
            && weights.Curve.Gains.Length >= 2 && weights.Curve.Qualities.Length == weights.Curve.Gains.Length;
    }
}
