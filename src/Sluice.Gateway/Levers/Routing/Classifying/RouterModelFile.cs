using System.Runtime.InteropServices;
using System.Text;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>
/// A router's model as a file: a mark, the version of the form, the features' fingerprint and words, then the arrays of
/// <see cref="RouterWeights"/> in little-endian order, and a checksum. It holds no time and no name of a machine, so the
/// same training gives the same bytes. It holds hashes of words, never words.
/// </summary>
public static class RouterModelFile
{
    /// <summary>The version of the form. Another one is refused; a model is trained anew in seconds.</summary>
    public const int Version = 1;

    private const int MaxItems = 1 << 26;

    private static ReadOnlySpan<byte> Mark => "sluice-router\n"u8;

    public static void Write(Stream stream, RouterWeights weights)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Mark);
            writer.Write(Version);
            writer.Write(FeatureSpec.Fingerprint);
            writer.Write(FeatureSpec.Text);
            writer.Write(weights.DataDigest);
            WriteTexts(writer, weights.Models);
            writer.Write(weights.Strong);
            writer.Write(weights.Weak);
            WriteArray(writer, weights.Words);
            WriteArray(writer, weights.Pieces);
            WriteArray(writer, weights.Rows);
            WriteArray(writer, weights.ShapeMeans);
            WriteArray(writer, weights.ShapeDeviations);
            WriteArray(writer, weights.Shapes);
            WriteTexts(writer, weights.Tasks);
            WriteArray(writer, weights.TaskLogits);
            WriteArray(writer, MemoryMarshal.Cast<Calibration, float>(weights.WithoutTask));
            WriteArray(writer, MemoryMarshal.Cast<Calibration, float>(weights.WithTask));
            foreach (var curve in (ReadOnlySpan<ScoreCurve>)[weights.CurveWithoutTask, weights.CurveWithTask])
            {
                WriteArray(writer, curve.Gains);
                WriteArray(writer, curve.Qualities);
            }
            writer.Write(weights.MinKnownShare);
        }
        var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        stream.Write(bytes);
        stream.Write(BitConverter.GetBytes(Crc32.Compute(bytes)));
    }

    /// <exception cref="RouterModelException">It is no model file, is damaged, or was trained with other features than this code makes.</exception>
    public static RouterWeights Read(Stream stream)
    {
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        if (!bytes.StartsWith(Mark))
            throw new RouterModelException("This is no router model; `sluice router train` writes one.");
        if (bytes.Length < Mark.Length + 8 || BitConverter.ToUInt32(bytes[^4..]) != Crc32.Compute(bytes[..^4]))
            throw new RouterModelException("The router model is damaged: its checksum does not fit. Copy it again, or train it again with `sluice router train`.");
        buffer.Position = Mark.Length;
        using var reader = new BinaryReader(buffer, Encoding.UTF8, leaveOpen: true);
        try
        {
            return Read(reader);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException or IOException or OverflowException)
        {
            throw new RouterModelException("The router model is damaged: its parts do not fit together. Train it again with `sluice router train`.", e);
        }
    }

    private static RouterWeights Read(BinaryReader reader)
    {
        var version = reader.ReadInt32();
        if (version != Version)
            throw new RouterModelException($"The router model has form {version}, and this Sluice reads form {Version}. Train it again with `sluice router train`.");
        var fingerprint = reader.ReadString();
        var features = reader.ReadString();
        if (fingerprint != FeatureSpec.Fingerprint)
        {
            throw new RouterModelException(
                $"The router model was trained with other features than this Sluice makes ({Start(fingerprint)} and {Start(FeatureSpec.Fingerprint)}), so its scores would mean nothing. " +
                $"Train it again with `sluice router train`. Its features: {features}. Here: {FeatureSpec.Text}.");
        }
        var weights = new RouterWeights
        {
            DataDigest = reader.ReadString(),
            Models = ReadTexts(reader),
            Strong = reader.ReadInt32(),
            Weak = reader.ReadInt32(),
            Words = ReadArray<uint>(reader),
            Pieces = ReadArray<uint>(reader),
            Rows = ReadArray<float>(reader),
            ShapeMeans = ReadArray<float>(reader),
            ShapeDeviations = ReadArray<float>(reader),
            Shapes = ReadArray<float>(reader),
            Tasks = ReadTexts(reader),
            TaskLogits = ReadArray<float>(reader),
            WithoutTask = ReadArray<Calibration>(reader, floats: 4),
            WithTask = ReadArray<Calibration>(reader, floats: 4),
            CurveWithoutTask = new ScoreCurve(ReadArray<float>(reader), ReadArray<float>(reader)),
            CurveWithTask = new ScoreCurve(ReadArray<float>(reader), ReadArray<float>(reader)),
            MinKnownShare = reader.ReadSingle(),
        };
        if (!Fits(weights))
            throw new FormatException("Sizes differ.");
        return weights;
    }

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

    private static string Start(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];

    private static void WriteTexts(BinaryWriter writer, string[] texts)
    {
        writer.Write(texts.Length);
        foreach (var text in texts)
            writer.Write(text);
    }

    private static string[] ReadTexts(BinaryReader reader)
    {
        var texts = new string[Count(reader)];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = reader.ReadString();
        return texts;
    }

    // Every platform that .NET 10 runs Sluice on is little-endian.
    private static void WriteArray<T>(BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    private static void WriteArray<T>(BinaryWriter writer, T[] values)
        where T : unmanaged => WriteArray(writer, (ReadOnlySpan<T>)values);

    /// <param name="reader">Where the array is read from.</param>
    /// <param name="floats">How many of the counted numbers make one value.</param>
    private static T[] ReadArray<T>(BinaryReader reader, int floats = 1)
        where T : unmanaged
    {
        var values = new T[Count(reader) / floats];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static int Count(BinaryReader reader) =>
        reader.ReadInt32() is var count and >= 0 and <= MaxItems && count <= reader.BaseStream.Length ? count : throw new FormatException("A size is out of range.");
}
