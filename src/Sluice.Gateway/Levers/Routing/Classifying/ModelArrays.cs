using System.Runtime.InteropServices;

namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>Arrays and texts in model files, each behind its count. Every platform that .NET 10 runs Sluice on is little-endian.</summary>
internal static class ModelArrays
{
    private const int MaxItems = 1 << 26;

    public static void WriteTexts(this BinaryWriter writer, string[] texts)
    {
        writer.Write(texts.Length);
        foreach (var text in texts)
            writer.Write(text);
    }

    /// <exception cref="FormatException">The count is out of range.</exception>
    public static string[] ReadTexts(this BinaryReader reader)
    {
        var texts = new string[Count(reader)];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = reader.ReadString();
        return texts;
    }

    public static void WriteArray<T>(this BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    public static void WriteArray<T>(this BinaryWriter writer, T[] values)
        where T : unmanaged => writer.WriteArray((ReadOnlySpan<T>)values);

    /// <param name="reader">Where the array is read from.</param>
    /// <param name="floats">How many of the counted numbers make one value.</param>
    /// <exception cref="FormatException">The count is out of range.</exception>
    public static T[] ReadArray<T>(this BinaryReader reader, int floats = 1)
        where T : unmanaged
    {
        var values = new T[Count(reader) / floats];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static int Count(BinaryReader reader) =>
        reader.ReadInt32() is var count and >= 0 and <= MaxItems && count <= reader.BaseStream.Length ? count : throw new FormatException("A size is out of range.");
}
