using System.Runtime.InteropServices;

namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>A router's model as a file: the arrays of <see cref="RouterWeights"/> in little-endian order. It holds hashes of words, never words.</summary>
public static class RouterModelFile
{
    /// <summary>The version of the form.</summary>
    public const int Version = 1;

    private static readonly ModelFrame Frame = new("router model", "sluice-router\n", Version, FeatureSpec.Fingerprint, FeatureSpec.Text, "sluice router train");

    public static void Write(Stream stream, RouterWeights weights) => Frame.Write(stream, writer =>
    {
        writer.Write(weights.DataDigest);
        writer.WriteTexts(weights.Models);
        writer.Write(weights.Strong);
        writer.Write(weights.Weak);
        writer.WriteArray(weights.Words);
        writer.WriteArray(weights.Pieces);
        writer.WriteArray(weights.Rows);
        writer.WriteArray(weights.ShapeMeans);
        writer.WriteArray(weights.ShapeDeviations);
        writer.WriteArray(weights.Shapes);
        writer.WriteTexts(weights.Tasks);
        writer.WriteArray(weights.TaskLogits);
        writer.WriteArray(MemoryMarshal.Cast<Calibration, float>(weights.WithoutTask));
        writer.WriteArray(MemoryMarshal.Cast<Calibration, float>(weights.WithTask));
        foreach (var curve in (ReadOnlySpan<ScoreCurve>)[weights.CurveWithoutTask, weights.CurveWithTask])
        {
            writer.WriteArray(curve.Gains);
            writer.WriteArray(curve.Qualities);
        }
        writer.Write(weights.MinKnownShare);
    });

    /// <exception cref="RouterModelException">It is no model file, is damaged, or was trained with other features than this code makes.</exception>
    public static RouterWeights Read(Stream stream) => Frame.Read(stream, reader =>
    {
        var weights = new RouterWeights
        {
            DataDigest = reader.ReadString(),
            Models = reader.ReadTexts(),
            Strong = reader.ReadInt32(),
            Weak = reader.ReadInt32(),
            Words = reader.ReadArray<uint>(),
            Pieces = reader.ReadArray<uint>(),
            Rows = reader.ReadArray<float>(),
            ShapeMeans = reader.ReadArray<float>(),
            ShapeDeviations = reader.ReadArray<float>(),
            Shapes = reader.ReadArray<float>(),
            Tasks = reader.ReadTexts(),
            TaskLogits = reader.ReadArray<float>(),
            WithoutTask = reader.ReadArray<Calibration>(floats: 4),
            WithTask = reader.ReadArray<Calibration>(floats: 4),
            CurveWithoutTask = new ScoreCurve(reader.ReadArray<float>(), reader.ReadArray<float>()),
            CurveWithTask = new ScoreCurve(reader.ReadArray<float>(), reader.ReadArray<float>()),
            MinKnownShare = reader.ReadSingle(),
        };
        return Fits(weights) ? weights : throw new FormatException("Sizes differ.");
    });

    private static bool Fits(RouterWeights weights)
    {
        var heads = weights.Models.Length;
        return heads is >= 2 and <= RouterModel.MaxModels
            && (uint)weights.Strong < heads && (uint)weights.Weak < heads
            && weights.Rows.Length == (weights.Words.Length + weights.Pieces.Length) * weights.Stride
            && weights.ShapeMeans.Length == FeatureSpec.ShapeCount && weights.ShapeDeviations.Length == FeatureSpec.ShapeCount
            && weights.Shapes.Length == heads * (1 + FeatureSpec.ShapeCount)
            && weights.TaskLogits.Length == weights.Tasks.Length * heads
            && weights.WithoutTask.Length == heads && weights.WithTask.Length == (weights.Tasks.Length == 0 ? 0 : heads);
    }
}
